package herald.gateway.connection;

import herald.gateway.admission.AdmissionPermit;
import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.Limit;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.metrics.HandshakeMeters;
import herald.gateway.supervision.Place;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time from accept to the 101: behind the HTTP decoder, for one request. Then it leaves, the
 * decoder with it, and a {@link ClientConnection} takes their place.
 *
 * <p>One for each socket, on its event loop. One absolute deadline, set at accept, ends whatever
 * has not been upgraded by then. A client is let in by its address as soon as that is known: at
 * once, or when its proxy has told it.
 */
final class HandshakeHandler extends TimedHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);

  private enum State {
    READING,
    AUTHENTICATING,
    HELD,
    ENDED
  }

  private final LoopContext loop;
  private final HandshakeContext handshakeContext;
  private final AdmissionPermit permit;
  private final ClientAddressResolver addressResolver;
  private final long acceptedAtNanos;
  private long requestedAtNanos;

  private State state = State.READING;
  private RejectReason heldRefusal = RejectReason.TIMED_OUT;
  private boolean admitted;
  private ChannelHandlerContext ctx;

  /**
   * @param peer whom the socket names
   */
  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before anything else is called
  HandshakeHandler(LoopContext loop, HandshakeContext handshakeContext, ClientAddress peer) {
    this.loop = loop;
    this.handshakeContext = handshakeContext;
    addressResolver = new ClientAddressResolver(handshakeContext.forwardedFor(), peer);
    permit = handshakeContext.admission().newPermit();
    acceptedAtNanos = loop.nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    letGoAtTheEnd(ctx.channel(), permit, loop.counts());
    loop.wheel().schedule(this, deadlineNanos());
    refuseIf(permit.acquireConnection());
    admitOnceKnown();
  }

  /** Static, so that the connection that comes after does not hold on to this handler. */
  private static void letGoAtTheEnd(
      Channel channel, AdmissionPermit permit, ConnectionCounts counts) {
    counts.opened();
    channel
        .closeFuture()
        .addListener(
            closed -> {
              counts.closed();
              permit.release();
            });
  }

  private long deadlineNanos() {
    return acceptedAtNanos
        + TimeUnit.MILLISECONDS.toNanos(handshakeContext.settings().deadlineMillis());
  }

  /** Applies the limits of the client's address. */
  private void admitOnceKnown() {
    if (state == State.READING && !admitted && addressResolver.isResolved()) {
      admitted = true;
      refuseIf(permit.acquireForAddress(addressResolver.address(), loop.nowNanos()));
    }
  }

  private void refuseIf(@Nullable Limit limit) {
    if (limit != null) {
      refuse(RejectReason.of(limit));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (state == State.HELD) {
        // Nothing that it sends is read any more.
        ctx.channel().config().setAutoRead(false);
      } else if (state == State.READING && message instanceof HAProxyMessage header) {
        addressResolver.onProxyHeader(header);
        admitOnceKnown();
      } else if (state == State.READING && message instanceof HttpRequest request) {
        readRequest(request);
      } else if (message != LastHttpContent.EMPTY_LAST_CONTENT && state != State.ENDED) {
        // A body, a second request, or frames before the 101: nobody may send these.
        refuse(RejectReason.HAS_BODY);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void readRequest(HttpRequest request) {
    requestedAtNanos = loop.nowNanos();
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      refuse(refusalOf(decoded.cause()));
      return;
    }
    addressResolver.onRequest(request.headers());
    admitOnceKnown();
    if (state == State.READING && loop.lag().isTooMuch()) {
      refuse(RejectReason.LOOP_BEHIND);
    }
    if (state == State.READING) {
      authenticate(request);
    }
  }

  private void authenticate(HttpRequest request) {
    UpgradeRequest handshake;
    try {
      handshake =
          UpgradeRequest.read(
              request,
              handshakeContext.settings(),
              handshakeContext.origins(),
              handshakeContext.clock().millis());
    } catch (UpgradeRequest.RejectedException e) {
      refuse(e.refusal());
      return;
    }
    state = State.AUTHENTICATING;
    handshakeContext
        .authenticator()
        .apply(handshake.request(), handshake.signature())
        .whenComplete(
            (outcome, failure) -> {
              long decidedAtNanos = loop.nowNanos();
              ctx.executor()
                  .execute(
                      () ->
                          loop.failures()
                              .run(
                                  Place.AUTHENTICATION,
                                  this,
                                  handler ->
                                      authenticated(handshake, outcome, failure, decidedAtNanos)));
            });
  }

  private static RejectReason refusalOf(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return RejectReason.URL_TOO_LONG;
    }
    return cause instanceof TooLongHttpHeaderException
        ? RejectReason.HEADERS_TOO_LARGE
        : RejectReason.UNREADABLE;
  }

  private void authenticated(
      UpgradeRequest handshake,
      AuthOutcome outcome,
      @Nullable Throwable failure,
      long decidedAtNanos) {
    if (state != State.AUTHENTICATING || !ctx.channel().isActive()) {
      return;
    }
    if (failure != null) {
      handshakeContext.rejections().failed(failure);
      refuse(RejectReason.UNAVAILABLE);
    } else if (outcome instanceof AuthOutcome.Accepted accepted) {
      Limit limit = permit.acquireForUser(accepted.userId());
      if (ctx.pipeline().get(RequestDecoder.class).hasMore()) {
        refuse(RejectReason.HAS_BODY);
      } else if (limit != null) {
        refuse(RejectReason.of(limit));
      } else {
        upgrade(handshake, accepted.userId(), decidedAtNanos);
      }
    } else if (outcome instanceof AuthOutcome.Refused refused) {
      refuse(RejectReason.of(refused.reason()));
    }
  }

  private void upgrade(UpgradeRequest handshake, int userId, long decidedAtNanos) {
    state = State.ENDED;
    loop.wheel().remove(this);
    HandshakeResponses.upgrade(ctx, handshake);
    ctx.pipeline()
        .addLast(
            new ClientConnection(
                loop,
                ctx.channel().eventLoop(),
                userId,
                addressResolver.address(),
                handshake.afterMicros()));
    ctx.pipeline().remove(RequestDecoder.class);
    ctx.pipeline().remove(this);
    long nowNanos = loop.nowNanos();
    HandshakeMeters meters = loop.meters().handshakes();
    meters.passed(HandshakeMeters.Stage.REQUEST, requestedAtNanos - acceptedAtNanos);
    meters.passed(HandshakeMeters.Stage.UPGRADE, nowNanos - decidedAtNanos);
    meters.upgraded(nowNanos - acceptedAtNanos);
    loop.meters().connections().opened();
  }

  /** Refuses, at once or after holding the socket for a while. Event loop. */
  void refuse(RejectReason refusal) {
    if (state == State.HELD || state == State.ENDED) {
      return;
    }
    permit.release();
    handshakeContext.rejections().refused(refusal, addressResolver.address());
    if (refusal.isHeld() && handshakeContext.rejections().hold()) {
      state = State.HELD;
      if (!HandshakeResponses.canBeGiven(ctx)) {
        // The dear part of TLS is spared too.
        ctx.channel().config().setAutoRead(false);
      }
      heldRefusal = refusal;
      loop.wheel().remove(this);
      loop.wheel().schedule(this, loop.nowNanos() + handshakeContext.rejections().holdNanos());
    } else {
      answer(refusal);
    }
  }

  private void answer(RejectReason refusal) {
    state = State.ENDED;
    HandshakeResponses.refuse(ctx, refusal);
  }

  @Override
  long onTime(long nowNanos) {
    if (state == State.HELD) {
      handshakeContext.rejections().release();
      answer(heldRefusal);
      return deadlineNanos() + handshakeContext.rejections().holdNanos();
    }
    if (nowNanos - deadlineNanos() < 0) {
      return deadlineNanos();
    }
    if (state != State.ENDED) {
      handshakeContext.rejections().refused(RejectReason.TIMED_OUT, addressResolver.address());
      state = State.ENDED;
    }
    ctx.close();
    return Long.MAX_VALUE;
  }

  @Override
  void drain(long confirmDeadlineNanos) {
    refuse(RejectReason.DRAINING);
  }

  @Override
  void abort() {
    ctx.close();
  }

  @Override
  public void onFailure() {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state == State.HELD) {
      handshakeContext.rejections().release();
    } else if (state != State.ENDED) {
      loop.meters().handshakes().abandoned();
    }
    state = State.ENDED;
    loop.wheel().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("handshake ended: {}", cause.getClass().getSimpleName());
    loop.failures().onPipeline(cause);
    if (cause instanceof HAProxyProtocolException) {
      refuse(RejectReason.BAD_PROXY_HEADER);
    } else if (cause instanceof DecoderException) {
      refuse(HandshakeResponses.canBeGiven(ctx) ? RejectReason.UNREADABLE : RejectReason.BAD_TLS);
    } else {
      context.close();
    }
  }
}
