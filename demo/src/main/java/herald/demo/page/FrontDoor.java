package herald.demo.page;

import herald.demo.gateways.GatewayInstance;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The demo's one port. A connection that begins with the websocket's path goes to an instance of
 * the gateway, any other to the HTTP server; the bytes pass as they are, so the gateway serves the
 * very request that the client has sent. Only the cookie of a client that is to be a device of its
 * own is exchanged.
 */
public final class FrontDoor implements AutoCloseable {
  /** What is read from a socket at once, so that a slow client can be slow. */
  static final int READ_BYTES = 2_048;

  private static final String WEBSOCKET = "GET /comms/chats/ws";
  private static final Pattern CLIENT = Pattern.compile("[?&]client=([A-Za-z0-9-]{1,64})[& ]");

  private static final Pattern OWN_DEVICE = Pattern.compile("[?&]device=own[& ]");

  private final Tunnels tunnels;
  private final Routes routes;
  private final OwnCookies cookies = new OwnCookies();
  private final int sitePort;
  private final EventLoopGroup group;
  private final Channel listening;

  /**
   * Listens.
   *
   * @throws IOException when the address can't be bound, with a sentence that names it
   */
  FrontDoor(InetSocketAddress bind, Routes routes, int sitePort, Tunnels tunnels)
      throws IOException {
    this.tunnels = tunnels;
    this.routes = routes;
    this.sitePort = sitePort;
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("demo-front", true), NioIoHandler.newFactory());
    try {
      listening =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .option(ChannelOption.SO_REUSEADDR, true)
              .childOption(ChannelOption.AUTO_READ, false)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      channel.pipeline().addLast(new FirstBytes());
                    }
                  })
              .bind(bind)
              .syncUninterruptibly()
              .channel();
    } catch (Exception e) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new IOException(
          "can't listen on "
              + bind.getHostString()
              + ":"
              + bind.getPort()
              + ": "
              + e.getMessage()
              + " (expected: a free port on an address of this machine)",
          e);
    }
  }

  /** The port that is listened on. */
  int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Gathers bytes until it is clear where they belong. */
  private final class FirstBytes extends HeadGatherer {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      context.read();
    }

    @Override
    boolean isEnough(String text) {
      return text.startsWith(WEBSOCKET) ? text.contains(END_OF_HEAD) : !WEBSOCKET.startsWith(text);
    }

    @Override
    void onGathered(ChannelHandlerContext context, ByteBuf bytes, String text) {
      if (text.startsWith(WEBSOCKET)) {
        connectToGateway(context, bytes, text);
      } else {
        connect(context, bytes, to(context, sitePort), 0, "");
      }
    }

    private void connectToGateway(ChannelHandlerContext context, ByteBuf bytes, String request) {
      Matcher named = CLIENT.matcher(request);
      String client = named.find() ? named.group(1) : "";
      GatewayInstance instance = routes.choose(client);
      if (instance == null) {
        bytes.release();
        context.close();
        return;
      }
      // Small buffers here, so that a slow client's slowness reaches the gateway.
      Bootstrap bootstrap =
          to(context, instance.port())
              .option(ChannelOption.SO_RCVBUF, 4 * READ_BYTES)
              .option(
                  ChannelOption.RECVBUF_ALLOCATOR,
                  new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1));
      if (!client.isEmpty() && OWN_DEVICE.matcher(request).find()) {
        bytes.clear();
        bytes.writeCharSequence(cookies.request(client, request), StandardCharsets.ISO_8859_1);
        bootstrap.handler(cookies.keeper(client));
      }
      connect(context, bytes, bootstrap, instance.number(), client);
    }

    private Bootstrap to(ChannelHandlerContext context, int port) {
      return new Bootstrap()
          .group(context.channel().eventLoop())
          .channel(NioSocketChannel.class)
          .remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
          .option(ChannelOption.AUTO_READ, false)
          .option(ChannelOption.TCP_NODELAY, true)
          .handler(new ChannelInboundHandlerAdapter());
    }

    private void connect(
        ChannelHandlerContext context,
        ByteBuf bytes,
        Bootstrap bootstrap,
        int instance,
        String client) {
      Channel channel = context.channel();
      context.pipeline().remove(this);
      ChannelFuture connecting = bootstrap.connect();
      connecting.addListener(
          done -> {
            if (!done.isSuccess() || !channel.isActive()) {
              bytes.release();
              channel.close();
              connecting.channel().close();
              return;
            }
            Tunnel tunnel = new Tunnel(channel, connecting.channel(), instance);
            if (!client.isEmpty()) {
              tunnels.opened(client, tunnel);
              channel.closeFuture().addListener(closed -> tunnels.closed(client, tunnel));
            }
            tunnel.open(bytes);
          });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  @Override
  public void close() {
    listening.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
