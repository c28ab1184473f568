package herald.gateway.ops;

import herald.gateway.config.AdminSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.metrics.ReloadMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
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

  /** The longest time between two beats of the thread. */
  private static final long LONGEST_TURN_MILLIS = 30_000;

  private static final int MAX_REQUEST_BYTES = 8 * 1024;

  /** A shorter page is not compressed, though the client would take it so. */
  private static final int LEAST_COMPRESSED_BYTES = 1024;

  private static final String OWN_HOST_ONLY = "default-src 'self'; img-src 'self' data:";
  private static final int READ_TIMEOUT_SECONDS = 30;

  /** As many requests can be under way when clients have taken all other file descriptors. */
  private static final int RESERVED_DESCRIPTORS = 8;

  private final HostPort address;
  private final AdminSettings settings;
  private final AdminAccess access;
  private final AdminPages pages;
  private final IsolatedFailures failures;
  private final SupervisedThread thread;
  private final EventLoopGroup group;
  private @Nullable Channel listening;

  /**
   * Binds nothing yet.
   *
   * @throws IllegalArgumentException with one sentence, when certificate or token can't be used
   */
  public AdminServer(
      GatewayConfig config, AdminPages pages, ReloadMeters reloads, Supervisor supervisor) {
    address = config.adminAddress();
    settings = config.admin();
    access = new AdminAccess(settings, reloads, supervisor);
    this.pages = pages;
    failures = supervisor.failures();
    thread = supervisor.thread("herald-admin", LONGEST_TURN_MILLIS);
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
                      access.addTls(channel.pipeline());
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
      String exposure = AdminAccess.exposure(address, settings);
      if (exposure != null) {
        LOG.warn(exposure);
      }
      thread.turn();
      var unused = group.scheduleWithFixedDelay(thread::turn, 0, 1, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IOException(
          "can't listen on "
              + address
              + ": "
              + e.getMessage()
              + " (expected: --admin with a free port on an address of this machine)",
          e);
    }
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
      answer(context, request)
          .exceptionally(AdminServer.this::failed)
          .thenAccept(
              page ->
                  context.writeAndFlush(response(page)).addListener(ChannelFutureListener.CLOSE));
    }

    private CompletionStage<AdminPages.Page> answer(
        ChannelHandlerContext context, FullHttpRequest request) {
      try {
        AdminPages.Page refusal = access.refusal(context.pipeline(), request);
        return refusal == null ? pages.answer(request) : CompletableFuture.completedFuture(refusal);
      } catch (Throwable e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private AdminPages.Page failed(Throwable failure) {
    failures.isolated(Place.ADMIN, failure);
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
    thread.mayEnd();
    access.close();
    Channel channel = listening;
    if (channel != null) {
      channel.close().syncUninterruptibly();
    }
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
