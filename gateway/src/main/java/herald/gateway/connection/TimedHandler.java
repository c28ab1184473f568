package herald.gateway.connection;

import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * A handler with a deadline that a {@link TimerWheel} calls. The links of the wheel's lists are
 * fields of the handler, so that a deadline costs no object; only the wheel writes them. Event
 * loop.
 */
abstract class TimedHandler extends ChannelInboundHandlerAdapter {
  @Nullable TimedHandler nextInSlot;
  @Nullable TimedHandler previousInSlot;
  int slot = TimerWheel.NO_SLOT;
  long dueNanos;

  /**
   * The deadline has come.
   *
   * @return when to be called again at the latest; {@link Long#MAX_VALUE} for never
   */
  abstract long onTime(long nowNanos);

  /** Something was thrown that concerns this handler's connection alone: the connection ends. */
  abstract void onFailure();
}
