package herald.gateway.connection;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ConnectionMeters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done when no client can be accepted, which is mostly because the process has no file
 * descriptor left: it is counted, and nothing is accepted for a second. Clients wait in the
 * kernel's queue meanwhile. Without the pause the event loop would try again at once and for ever,
 * because the queue stays readable. In the pipeline of the listening socket; its event loop.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
  static final long PAUSE_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);

  private final ConnectionMeters meters;
  private final IntervalLog log = new IntervalLog(LOG);

  AcceptFailures(ConnectionMeters meters) {
    this.meters = meters;
  }

  /** Passes nothing on: Netty would log a stack trace each time. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    meters.acceptFailed();
    log.warn(
        "no client can be accepted: "
            + cause.getMessage()
            + " (expected: a limit on open files, ulimit -n, above the number of clients); it is"
            + " tried again every second");
    context.channel().config().setAutoRead(false);
    var unused =
        context
            .channel()
            .eventLoop()
            .schedule(
                () -> context.channel().config().setAutoRead(true),
                PAUSE_MILLIS,
                TimeUnit.MILLISECONDS);
  }
}
