package herald.gateway.connection;

import herald.gateway.config.TransportKind;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are driven.
 *
 * @param name how logs name it
 */
record Transport(
    String name, IoHandlerFactory ioHandlers, Class<? extends ServerChannel> serverChannel) {
  private static final int RING_ENTRIES = 4_096;

  /** A broadcast completes for thousands of sockets at once, which overflows the default. */
  private static final int COMPLETION_ENTRIES = 32_768;

  /**
   * The transport that is asked for.
   *
   * @throws IllegalArgumentException when it is not available on this machine
   */
  static Transport choose(TransportKind kind) {
    return switch (kind) {
      case AUTO -> Epoll.isAvailable() ? epoll() : nio();
      case EPOLL -> {
        require(Epoll.isAvailable(), kind, Epoll.unavailabilityCause());
        yield epoll();
      }
      case IO_URING -> {
        require(IoUring.isAvailable(), kind, IoUring.unavailabilityCause());
        yield ioUring();
      }
      case NIO -> nio();
    };
  }

  private static void require(boolean available, TransportKind kind, @Nullable Throwable cause) {
    if (!available) {
      throw new IllegalArgumentException(
          "the transport "
              + kind
              + " is not available here: "
              + (cause == null ? "no reason given" : cause.getMessage())
              + " (expected: auto, or one that this machine has)");
    }
  }

  private static Transport epoll() {
    return new Transport("epoll", EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
  }

  private static Transport ioUring() {
    IoUringIoHandlerConfig rings =
        new IoUringIoHandlerConfig().setRingSize(RING_ENTRIES).setCqSize(COMPLETION_ENTRIES);
    return new Transport(
        "io_uring", IoUringIoHandler.newFactory(rings), IoUringServerSocketChannel.class);
  }

  private static Transport nio() {
    return new Transport("nio", NioIoHandler.newFactory(), NioServerSocketChannel.class);
  }
}
