package herald.gateway.feed;

import herald.gateway.fanout.Dispatcher;
import io.netty.channel.EventLoop;
import java.util.function.Supplier;

/**
 * The event loop on which the feed hears, reads and publishes, one of those that serve clients: an
 * event for a client of the same loop wakes no other thread. Nothing may wait there, so the feed
 * publishes only while it has entered the dispatcher.
 */
final class FeedLoop {
  private final Supplier<EventLoop> loop;
  private final Dispatcher dispatcher;

  /**
   * @param loop is asked when the feed has been started
   */
  FeedLoop(Supplier<EventLoop> loop, Dispatcher dispatcher) {
    this.loop = loop;
    this.dispatcher = dispatcher;
  }

  EventLoop loop() {
    return loop.get();
  }

  /** Whether what is published before {@link #leave} does not wait. Never waits. */
  boolean tryEnter() {
    return dispatcher.tryEnter();
  }

  void leave() {
    dispatcher.leave();
  }
}
