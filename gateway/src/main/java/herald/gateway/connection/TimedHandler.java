package herald.gateway.connection;

import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A handler that a {@link TimerWheel} calls: the links of the wheel's lists are in here. */
abstract class TimedHandler extends ChannelInboundHandlerAdapter {
  @Nullable TimedHandler nextInSlot;
  @Nullable TimedHandler previousInSlot;
  int slot = TimerWheel.NO_SLOT;
  long dueNanos;

  /**
   * Does what is due. Event loop.
   *
   * @return when to be called again at the latest, on the ticker's clock
   */
  abstract long onTime(long nowNanos);

  /**
   * Begins to leave: the instance is being stopped. Event loop.
   *
   * @param confirmDeadlineNanos until when the client may confirm what it was sent
   */
  abstract void drain(long confirmDeadlineNanos);

  /** Ends the connection if it is one of these users', who may not be here any more. Event loop. */
  void dismiss(Set<Integer> users) {}

  /** Ends without further ado. Event loop. */
  abstract void abort();

  /** Ends, because something that concerns this connection alone was thrown. Event loop. */
  public abstract void onFailure();
}
