package herald.gateway.feed;

import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.FeedTarget;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a feed serves: an instance, or a relay. */
public final class FeedOutput {
  private final FeedTarget target;
  private final @Nullable PositionExchange exchange;
  private final LongSupplier tail;
  private final HandledMarks.@Nullable Handled handled;
  private final @Nullable FeedBegin begin;
  private final boolean hasReplays;
  private final @Nullable FeedLoop loop;

  private FeedOutput(
      FeedTarget target,
      @Nullable PositionExchange exchange,
      LongSupplier tail,
      HandledMarks.@Nullable Handled handled,
      @Nullable FeedBegin begin,
      boolean hasReplays,
      @Nullable FeedLoop loop) {
    this.target = target;
    this.exchange = exchange;
    this.tail = tail;
    this.handled = handled;
    this.begin = begin;
    this.hasReplays = hasReplays;
    this.loop = loop;
  }

  private FeedOutput withoutReplays() {
    return new FeedOutput(target, exchange, tail, handled, begin, false, loop);
  }

  /**
   * An instance.
   *
   * @param dispatcher gets the events in commit order: from here they go into the event log
   * @param exchange hears what other instances say; null if there is no exchange
   * @param loop the event loop on which the feed hears, reads and publishes as long as nothing has
   *     to wait; asked when the feed has been started
   */
  public static FeedOutput ofInstance(
      Dispatcher dispatcher, @Nullable PositionExchange exchange, Supplier<EventLoop> loop) {
    return new FeedOutput(
        dispatcher,
        exchange,
        dispatcher::tail,
        exchange == null ? null : HandledMarks.toExchange(exchange),
        null,
        true,
        new FeedLoop(loop, dispatcher));
  }

  /**
   * A relay.
   *
   * @param target gets the events in commit order
   * @param marks gets marks, each behind all events before it
   * @param begin where another feed was: this one begins there; null to begin now
   */
  public static FeedOutput ofRelay(
      FeedTarget target, Consumer<FeedMark> marks, @Nullable FeedBegin begin) {
    return new FeedOutput(
        target, null, () -> 0, (mark, at) -> marks.accept(mark), begin, true, null);
  }

  /**
   * An instance that reads the stream of relays, for as long as that is away: it goes on where the
   * stream has ended, and has a source of replays already.
   *
   * @param target gets the events in commit order
   * @param marks gets marks, each behind all events before it
   * @param begin where the stream was
   */
  public static FeedOutput ofFallback(
      FeedTarget target, Consumer<FeedMark> marks, FeedBegin begin) {
    return ofRelay(target, marks, begin).withoutReplays();
  }

  FeedTarget target() {
    return target;
  }

  @Nullable PositionExchange exchange() {
    return exchange;
  }

  /** The end of the log, where marks stand. */
  LongSupplier tail() {
    return tail;
  }

  /** Where marks go; null if nobody asks for them. */
  HandledMarks.@Nullable Handled handled() {
    return handled;
  }

  /** Whether replays are read here too. */
  boolean hasReplays() {
    return hasReplays;
  }

  /** Where the feed may hear, read and publish; null for threads of its own. */
  @Nullable FeedLoop loop() {
    return loop;
  }

  /** Where the feed begins; null for now. */
  @Nullable FeedBegin begin() {
    return begin;
  }
}
