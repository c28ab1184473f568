package herald.gateway.feed;

import com.impossibl.postgres.protocol.RequestExecutor;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.lang.reflect.Field;
import java.sql.SQLException;
import java.util.List;

/**
 * The socket of a connection of pgjdbc-ng. The driver makes it with Netty and gives it to an event
 * loop of its own; it offers no way to have it served by another one. So this class reads the field
 * in which the driver keeps it, and has Netty register it elsewhere.
 */
final class DriverSocket {
  private static final String CANT_MOVE = "08006";

  /** What both the driver and the gateway may serve sockets by. */
  private static final List<Class<? extends IoHandler>> KINDS =
      List.of(EpollIoHandler.class, NioIoHandler.class);

  private final Channel channel;

  private DriverSocket(Channel channel) {
    this.channel = channel;
  }

  /** The socket of a connection, which {@code executor} is a part of. */
  static DriverSocket of(RequestExecutor executor) throws SQLException {
    try {
      Field field = executor.getClass().getDeclaredField("channel");
      field.setAccessible(true);
      return new DriverSocket((Channel) field.get(executor));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new SQLException("this version of the driver keeps its socket elsewhere", CANT_MOVE, e);
    }
  }

  /**
   * Has this event loop serve the socket, if it is of the same kind as the driver's. What comes in
   * between is kept by the kernel. Waits; not to be called on an event loop.
   *
   * @return whether the loop serves it
   */
  boolean moveTo(EventLoop loop) throws SQLException {
    if (!isSameKind(channel.eventLoop(), loop)) {
      return false;
    }
    await(channel.deregister());
    await(loop.register(channel));
    return true;
  }

  /**
   * Has a handler take what comes, in the place of the driver and behind TLS. What it writes goes
   * by the driver too.
   */
  ChannelHandlerContext takeOver(ChannelHandler handler) {
    ChannelPipeline pipeline = channel.pipeline();
    String decoder = pipeline.context(LengthFieldBasedFrameDecoder.class).name();
    pipeline.addBefore(decoder, "herald", handler);
    return pipeline.context(handler);
  }

  private static boolean isSameKind(EventLoop from, EventLoop to) {
    return from instanceof IoEventLoopGroup one
        && to instanceof IoEventLoopGroup other
        && KINDS.stream().anyMatch(kind -> one.isIoType(kind) && other.isIoType(kind));
  }

  private static void await(ChannelFuture step) throws SQLException {
    if (!step.awaitUninterruptibly().isSuccess()) {
      throw new SQLException(
          "the connection's socket can't be moved to an event loop: " + step.cause(),
          CANT_MOVE,
          step.cause());
    }
  }
}
