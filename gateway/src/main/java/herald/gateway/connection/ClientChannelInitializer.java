package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.config.ProxySettings;
import herald.gateway.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds the pipeline of each accepted socket: the decoder of the PROXY header if the peer is a
 * proxy that sends one, TLS if it is configured, the request decoder, the handshake. Shared by all
 * event loops.
 */
final class ClientChannelInitializer extends ChannelInitializer<Channel> {
  /**
   * For version 2 with everything that load balancers add; version 1 is bounded by itself at 107.
   */
  private static final int MAX_PROXY_HEADER_BYTES = 1_024;

  private final Function<EventLoop, @Nullable LoopContext> loops;
  private final HandshakeContext handshakeContext;
  private final @Nullable ServerTls tls;
  private final ProxySettings proxies;
  private final BooleanSupplier rejecting;
  private final ConnectionFailures failures;

  /**
   * @param rejecting whether all sockets are rejected, since the instance is being drained
   * @param failures counts the sockets that can't be given a pipeline
   */
  ClientChannelInitializer(
      Function<EventLoop, @Nullable LoopContext> loops,
      HandshakeContext handshakeContext,
      @Nullable ServerTls tls,
      ProxySettings proxies,
      BooleanSupplier rejecting,
      ConnectionFailures failures) {
    this.loops = loops;
    this.handshakeContext = handshakeContext;
    this.tls = tls;
    this.proxies = proxies;
    this.rejecting = rejecting;
    this.failures = failures;
  }

  @Override
  protected void initChannel(Channel channel) {
    LoopContext loop = loops.apply(channel.eventLoop());
    if (loop == null) {
      throw new IllegalStateException("a channel of an event loop that is not of this server");
    }
    ClientAddress peer =
        new ClientAddress(((InetSocketAddress) channel.remoteAddress()).getAddress());
    HandshakeHandler handshake = new HandshakeHandler(loop, handshakeContext, peer);
    ChannelPipeline pipeline = channel.pipeline();
    if (proxies.proxyProtocol() && handshakeContext.forwardedFor().isTrusted(peer)) {
      pipeline.addLast(new HAProxyMessageDecoder(MAX_PROXY_HEADER_BYTES));
    }
    if (tls != null) {
      pipeline.addLast(tls.newHandler(channel.alloc()));
    }
    pipeline.addLast(new RequestDecoder(handshakeContext.settings()), handshake);
    if (rejecting.getAsBoolean()) {
      handshake.reject(RejectReason.DRAINING);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    failures.onPipeline(cause);
    context.close();
  }
}
