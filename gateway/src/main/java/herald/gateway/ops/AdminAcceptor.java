package herald.gateway.ops;

import herald.gateway.logging.IntervalLog;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the requests of operators even when clients have taken all file descriptors: for each
 * that can't be accepted, one of a reserve is given up, and taken again when a request has been
 * answered. So probes and scrapes go on, and an instance that has too many clients is not taken for
 * a dead one and restarted. In the pipeline of the listening socket; admin thread.
 */
final class AdminAcceptor extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AdminAcceptor.class);
  private static final long PAUSE_MILLIS = 1_000;

  /** The selector closes the descriptor of a closed socket in its next turn, not at once. */
  private static final long CLOSE_MILLIS = 1;

  private final DescriptorReserve reserve;
  private final IntervalLog log = new IntervalLog(LOG);

  AdminAcceptor(DescriptorReserve reserve) {
    this.reserve = reserve;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    fillEverySecond(context.channel());
    context.fireChannelActive();
  }

  private void fillEverySecond(Channel listening) {
    reserve.fill();
    var unused =
        listening
            .eventLoop()
            .scheduleWithFixedDelay(
                () -> {
                  if (listening.isOpen()) {
                    reserve.fill();
                  }
                },
                PAUSE_MILLIS,
                PAUSE_MILLIS,
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    reserve.close();
    context.fireChannelInactive();
  }

  /** A request has been accepted. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    EventLoop loop = context.channel().eventLoop();
    ((Channel) accepted)
        .closeFuture()
        .addListener(
            closed -> {
              if (context.channel().isOpen()) {
                var unused = loop.schedule(reserve::fill, CLOSE_MILLIS, TimeUnit.MILLISECONDS);
              }
            });
    context.fireChannelRead(accepted);
  }

  /**
   * None could be accepted. With a descriptor more the selector tries again at once, since the
   * request still waits. Passes nothing on: Netty would log a stack trace and pause.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (reserve.giveUp()) {
      return;
    }
    log.warn("no request can be accepted on the admin address: " + cause.getMessage());
    Channel listening = context.channel();
    listening.config().setAutoRead(false);
    var unused =
        listening
            .eventLoop()
            .schedule(
                () -> listening.config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
