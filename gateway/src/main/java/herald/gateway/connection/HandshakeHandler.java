package herald.gateway.connection;

import herald.gateway.admission.AdmissionPermit;
import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.Limit;
import herald.gateway.admission.WalletUser;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.device.DeviceCookie;
import herald.gateway.metrics.HandshakeMeters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handshake of one socket, from accept to the 101. It sits behind the HTTP decoder and takes
 * one request; then it leaves the pipeline together with the decoder, and a {@link
 * ClientConnection} takes their place.
 *
 * <p>The limits on addresses are applied as soon as the client's address is known: at once, or when
 * the proxy in front has told it. One absolute deadline, set at accept, ends whatever has not been
 * upgraded by then. A rejected socket may be held for a while before it is answered, see {@link
 * RejectionTracker}.
 *
 * <p>Everything runs on the socket's event loop, the only thread that reads or writes a field.
 */
final class HandshakeHandler extends ConnectionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);

  private final HandshakeContext shared;
  private final AdmissionPermit permit;
  private final ClientAddressResolver addressResolver;
  private long acceptedAtNanos;
  private long requestedAtNanos;
  private HandshakeState state = HandshakeState.READING;
  private final Rejection rejection;
  private boolean addressLimitsApplied;
  private ChannelHandlerContext ctx;

  /**
   * @param shared what all handshakes share
   * @param peer the address at the other end of the socket
   */
  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before anything else is called
  HandshakeHandler(LoopContext loop, HandshakeContext shared, ClientAddress peer) {
    super(loop);
    this.shared = shared;
    addressResolver = new ClientAddressResolver(shared.forwardedFor(), peer);
    permit = shared.admission().newPermit();
    rejection = new Rejection(shared.settings().refuseWithClose());
    acceptedAtNanos = loop.nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    super.handlerAdded(context);
    ctx = context;
    loop.counts().countUntilClosed(ctx.channel(), permit);
    loop.wheel().schedule(this, deadlineNanos());
    rejectIfOver(permit.acquireConnection());
    applyAddressLimits();
  }

  private long deadlineNanos() {
    return acceptedAtNanos + TimeUnit.MILLISECONDS.toNanos(shared.settings().deadlineMillis());
  }

  /** Applies the limits of the client's address, once and as soon as the address is known. */
  private void applyAddressLimits() {
    if (state == HandshakeState.READING && !addressLimitsApplied && addressResolver.isResolved()) {
      addressLimitsApplied = true;
      rejectIfOver(permit.acquireForAddress(addressResolver.address(), loop.nowNanos()));
    }
  }

  private void rejectIfOver(@Nullable Limit limit) {
    if (limit != null) {
      reject(RejectReason.of(limit));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (state == HandshakeState.READING && message instanceof HAProxyMessage header) {
        addressResolver.onProxyHeader(header);
        applyAddressLimits();
      } else if (state == HandshakeState.READING && message instanceof HttpRequest request) {
        onRequest(request);
      } else if (message != LastHttpContent.EMPTY_LAST_CONTENT) {
        // A body, a second request, or frames before the 101: no client may send these.
        reject(RejectReason.HAS_BODY);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void onRequest(HttpRequest request) {
    requestedAtNanos = loop.nowNanos();
    if (request.decoderResult().isFailure()) {
      reject(RejectReason.ofUnreadable(request.decoderResult().cause()));
      return;
    }
    rejection.onRequest(request);
    addressResolver.onRequest(request.headers());
    applyAddressLimits();
    if (state == HandshakeState.READING && loop.lag().isOverLimit()) {
      reject(RejectReason.LOOP_BEHIND);
    }
    if (state == HandshakeState.READING) {
      authenticate(request);
    }
  }

  private void authenticate(HttpRequest http) {
    UpgradeRequest request;
    try {
      request = shared.read(http);
    } catch (UpgradeRequest.RejectedException e) {
      reject(e.reason());
      return;
    }
    state = HandshakeState.AUTHENTICATING;
    DeviceCookie.Recognized recognized =
        shared
            .devices()
            .recognize(
                http.headers(),
                addressResolver.address().inet(),
                ctx.pipeline().get(SslHandler.class) != null
                    || addressResolver.isSecure(http.headers()));
    PendingAuthentication pending =
        new PendingAuthentication(this, ctx.executor(), request, recognized);
    shared.authenticate(request).whenComplete(pending::onDecided);
  }

  /** The authentication has come to an outcome. */
  void onAuthenticated(PendingAuthentication authentication) {
    if (state != HandshakeState.AUTHENTICATING || !ctx.channel().isActive()) {
      return;
    }
    Throwable failure = authentication.failure();
    if (failure != null) {
      shared.rejections().recordFailure(failure);
      reject(RejectReason.UNAVAILABLE);
    } else if (authentication.outcome() instanceof AuthOutcome.Accepted accepted) {
      Limit limit = permit.acquireForUser(accepted.user());
      if (ctx.pipeline().get(RequestDecoder.class).hasMore()) {
        reject(RejectReason.HAS_BODY);
      } else if (limit != null) {
        reject(RejectReason.of(limit));
      } else {
        upgrade(authentication, accepted.user());
      }
    } else if (authentication.outcome() instanceof AuthOutcome.Refused refused) {
      reject(RejectReason.of(refused.reason()));
    }
  }

  private void upgrade(PendingAuthentication authentication, WalletUser user) {
    state = HandshakeState.ENDED;
    loop.wheel().remove(this);
    HandshakeUpgrade.complete(this, ctx, authentication, user, addressResolver.address());
    HandshakeMeters meters = loop.meters().handshakes();
    meters.passed(HandshakeMeters.Stage.REQUEST, requestedAtNanos - acceptedAtNanos);
    meters.upgraded(loop.nowNanos() - acceptedAtNanos);
  }

  /** Rejects the client, at once or after the socket has been held for a while. */
  void reject(RejectReason reason) {
    if (state == HandshakeState.HELD || state == HandshakeState.ENDED) {
      return;
    }
    permit.release();
    shared.rejections().record(reason, addressResolver.address());
    if (reason.isHeld() && shared.rejections().tryHold()) {
      state = HandshakeState.HELD;
      rejection.hold(ctx, reason);
      loop.wheel().remove(this);
      loop.wheel().schedule(this, loop.nowNanos() + shared.rejections().holdNanos());
    } else {
      state = HandshakeState.ENDED;
      rejection.answer(ctx, reason);
    }
  }

  @Override
  long onTime(long nowNanos) {
    if (state == HandshakeState.HELD) {
      shared.rejections().releaseHeld();
      state = HandshakeState.ENDED;
      rejection.answerHeld(ctx);
      return deadlineNanos() + shared.rejections().holdNanos();
    }
    if (nowNanos - deadlineNanos() < 0) {
      return deadlineNanos();
    }
    if (state != HandshakeState.ENDED) {
      shared.rejections().record(RejectReason.TIMED_OUT, addressResolver.address());
      state = HandshakeState.ENDED;
    }
    ctx.close();
    return Long.MAX_VALUE;
  }

  @Override
  void onStandstill(long stoodNanos, long nowNanos) {
    acceptedAtNanos += Math.min(nowNanos - acceptedAtNanos, stoodNanos);
  }

  @Override
  void abort(CloseReason why) {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state == HandshakeState.HELD) {
      shared.rejections().releaseHeld();
    } else if (state != HandshakeState.ENDED) {
      loop.meters().handshakes().abandoned();
    }
    state = HandshakeState.ENDED;
    loop.wheel().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("the handshake broke: {}", cause.getClass().getSimpleName());
    loop.failures().onPipeline(cause);
    if (cause instanceof HAProxyProtocolException) {
      reject(RejectReason.BAD_PROXY_HEADER);
    } else if (cause instanceof DecoderException) {
      reject(HandshakeResponses.canRespond(ctx) ? RejectReason.UNREADABLE : RejectReason.BAD_TLS);
    } else {
      context.close();
    }
  }
}
