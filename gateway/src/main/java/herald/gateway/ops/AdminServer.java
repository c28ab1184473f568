package herald.gateway.ops;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.compression.StandardCompressionOptions;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the {@link AdminPages} on the operator's own network. It has a thread of its own, so that
 * scrapes and clients never wait for each other, and some file descriptors. A page that can't be
 * shown is answered with 500, and costs no other request.
 */
public final class AdminServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);

  /** The longest time between two calls of {@code beat}. */
  public static final long LONGEST_TURN_MILLIS = 30_000;

  private static final int MAX_REQUEST_BYTES = 8 * 1024;

  /** A shorter page is not compressed, though the client would take it so. */
  private static final int LEAST_COMPRESSED_BYTES = 1024;

  private static final String OWN_HOST_ONLY = "default-src 'self'; img-src 'self' data:";
  private static final int READ_TIMEOUT_SECONDS = 30;

  /** As many requests can be under way when clients have taken all other file descriptors. */
  private static final int RESERVED_DESCRIPTORS = 8;

  private final HostPort address;
  private final @Nullable AdminTls tls;
  private final @Nullable AdminToken token;
  private final AdminPages pages;
  private final Runnable beat;
  private final Consumer<Throwable> failures;
  private final EventLoopGroup group;
  private @Nullable Channel listening;

  /**
   * Binds nothing yet.
   *
   * @param beat called with {@link #start}, and from then on once a second on the server's thread;
   *     must not throw
   * @param failures receives the failure of each page that can't be shown
   * @throws IllegalArgumentException with one sentence, when certificate or token can't be used
   */
  public AdminServer(
      GatewayConfig config, AdminPages pages, Runnable beat, Consumer<Throwable> failures) {
    address = config.adminAddress();
    tls = config.admin().tls() == null ? null : new AdminTls(config.admin().tls());
    token = config.admin().tokenFile() == null ? null : new AdminToken(config.admin().tokenFile());
    this.pages = pages;
    this.beat = beat;
    this.failures = failures;
    group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("herald-admin", true), NioIoHandler.newFactory());
  }

  /**
   * Binds the address.
   *
   * @throws IOException when that is not possible, with a sentence that names the address
   */
  public void start() throws IOException {
    try {
      listening =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .handler(
                  new AdminAcceptor(
                      new DescriptorReserve(RESERVED_DESCRIPTORS, SocketChannel::open)))
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      if (tls != null) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                      }
                      channel
                          .pipeline()
                          .addLast(
                              new ReadTimeoutHandler(READ_TIMEOUT_SECONDS),
                              new HttpServerCodec(),
                              new HttpObjectAggregator(MAX_REQUEST_BYTES),
                              new HttpContentCompressor(
                                  LEAST_COMPRESSED_BYTES, StandardCompressionOptions.gzip()),
                              new RequestHandler());
                    }
                  })
              .bind(address.resolve())
              .syncUninterruptibly()
              .channel();
      String exposure = exposure(address, token != null, tls != null);
      if (exposure != null) {
        LOG.warn(exposure);
      }
      beat.run();
      var unused = group.scheduleWithFixedDelay(beat, 0, 1, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException(
          "can't listen on "
              + address
              + ": "
              + e.getMessage()
              + " (expected: a free port on an address of this machine)",
          e);
    }
  }

  /** What strangers could do at an address; null if nothing. */
  static @Nullable String exposure(HostPort address, boolean asksForToken, boolean hasTls)
      throws IOException {
    if (address.resolve().getAddress().isLoopbackAddress() || (asksForToken && hasTls)) {
      return null;
    }
    return asksForToken
        ? "the token of "
            + address
            + " is sent unencrypted (expected: --admin-tls-certificate, or a network in which"
            + " nobody listens)"
        : "whoever reaches "
            + address
            + " may read figures and users' connections, change the log level and drain this"
            + " instance (expected: --admin-token-file, or a network that lets operators alone"
            + " there)";
  }

  /** The port that is listened on. */
  public int port() {
    Channel channel = listening;
    if (channel == null) {
      throw new IllegalStateException("not started");
    }
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  private final class RequestHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      answer(request)
          .exceptionally(AdminServer.this::failed)
          .thenAccept(
              page ->
                  context.writeAndFlush(response(page)).addListener(ChannelFutureListener.CLOSE));
    }

    private CompletionStage<AdminPages.Page> answer(FullHttpRequest request) {
      try {
        return isAdmitted(request)
            ? pages.answer(request)
            : CompletableFuture.completedFuture(AdminPages.UNAUTHORIZED);
      } catch (Throwable e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** Probes carry no token: what they learn is whether the instance wants clients. */
  private boolean isAdmitted(FullHttpRequest request) {
    return token == null || AdminPages.isProbe(request) || token.isIn(request.headers());
  }

  private AdminPages.Page failed(Throwable failure) {
    failures.accept(failure);
    return AdminPages.FAILED;
  }

  private static FullHttpResponse response(AdminPages.Page page) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            page.status(),
            Unpooled.copiedBuffer(page.body(), StandardCharsets.UTF_8));
    page.headers().forEach(response.headers()::set);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, page.type());
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    response.headers().set(HttpHeaderNames.CONNECTION, "close");
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    response.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, OWN_HOST_ONLY);
    return response;
  }

  @Override
  public void close() {
    Channel channel = listening;
    if (channel != null) {
      channel.close().syncUninterruptibly();
    }
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
