package herald.gateway.connection;

import herald.gateway.config.GatewayConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;

/** The socket that clients connect to. */
final class ListeningSocket implements AutoCloseable {
  private static final int BACKLOG = 4_096;

  private final Channel channel;

  private ListeningSocket(Channel channel) {
    this.channel = channel;
  }

  /**
   * Binds the address of the configuration.
   *
   * @param loops where the sockets of clients live
   * @param listener handles what goes wrong when a socket is accepted
   * @param initializer gives each socket its pipeline
   * @throws IOException when that is not possible, with a sentence that names the address
   */
  static ListeningSocket bind(
      GatewayConfig config,
      Transport transport,
      EventLoopGroup loops,
      ChannelHandler listener,
      ChannelHandler initializer)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverChannel())
            .handler(listener)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(
                    config.connections().lowWatermarkBytes(),
                    config.connections().highWatermarkBytes()))
            .childHandler(initializer);
    int sendBufferBytes = config.connections().sendBufferBytes();
    if (sendBufferBytes > 0) {
      bootstrap.childOption(ChannelOption.SO_SNDBUF, sendBufferBytes);
    }
    try {
      return new ListeningSocket(
          bootstrap.bind(config.bindAddress().resolve()).syncUninterruptibly().channel());
    } catch (Exception e) {
      throw new IOException(
          "can't listen on "
              + config.bindAddress()
              + ": "
              + e.getMessage()
              + " (expected: --bind with a free port on an address of this machine)",
          e);
    }
  }

  /** The port that is listened on. */
  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** Accepts no more, from some moment after this call on. Never waits. */
  void stop() {
    channel.close();
  }

  /** Accepts no more. */
  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }
}
