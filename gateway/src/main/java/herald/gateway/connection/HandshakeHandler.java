package herald.gateway.connection;

import herald.gateway.admission.Admission;
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
  private final Entrance entrance;
  private final Admission.Visitor visitor;
  private final Identity identity;
  private final long acceptedAtNanos;
  private long requestedAtNanos;

  private State state = State.READING;
  private Refusal heldRefusal = Refusal.TIMED_OUT;
  private boolean admitted;
  private ChannelHandlerContext ctx;

  /**
   * @param peer whom the socket names
   */
  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before anything else is called
  HandshakeHandler(LoopContext loop, Entrance entrance, ClientAddress peer) {
    this.loop = loop;
    this.entrance = entrance;
    identity = new Identity(entrance.forwardedFor(), peer);
    visitor = entrance.admission().visitor();
    acceptedAtNanos = loop.nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    letGoAtTheEnd(ctx.channel(), visitor, loop.counts());
    loop.wheel().schedule(this, deadlineNanos());
    refuseIf(visitor.enter());
    admitOnceKnown();
  }

  /** Static, so that the connection that comes after does not hold on to this handler. */
  private static void letGoAtTheEnd(
      Channel channel, Admission.Visitor visitor, ConnectionCounts counts) {
    counts.opened();
    channel
        .closeFuture()
        .addListener(
            closed -> {
              counts.closed();
              visitor.leave();
            });
  }

  private long deadlineNanos() {
    return acceptedAtNanos + TimeUnit.MILLISECONDS.toNanos(entrance.settings().deadlineMillis());
  }

  /** Applies the limits of the client's address. */
  private void admitOnceKnown() {
    if (state == State.READING && !admitted && identity.isKnown()) {
      admitted = true;
      refuseIf(visitor.from(identity.address(), loop.nowNanos()));
    }
  }

  private void refuseIf(@Nullable Limit limit) {
    if (limit != null) {
      refuse(Refusal.of(limit));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (state == State.HELD) {
        // Nothing that it sends is read any more.
        ctx.channel().config().setAutoRead(false);
      } else if (state == State.READING && message instanceof HAProxyMessage header) {
        identity.proxied(header);
        admitOnceKnown();
      } else if (state == State.READING && message instanceof HttpRequest request) {
        readRequest(request);
      } else if (message != LastHttpContent.EMPTY_LAST_CONTENT && state != State.ENDED) {
        // A body, a second request, or frames before the 101: nobody may send these.
        refuse(Refusal.HAS_BODY);
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
    identity.requested(request.headers());
    admitOnceKnown();
    if (state == State.READING && loop.lag().isTooMuch()) {
      refuse(Refusal.LOOP_BEHIND);
    }
    if (state == State.READING) {
      authenticate(request);
    }
  }

  private void authenticate(HttpRequest request) {
    Handshake handshake;
    try {
      handshake =
          Handshake.read(
              request, entrance.settings(), entrance.origins(), entrance.clock().millis());
    } catch (Handshake.RefusedException e) {
      refuse(e.refusal());
      return;
    }
    state = State.AUTHENTICATING;
    entrance
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

  private static Refusal refusalOf(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Refusal.URL_TOO_LONG;
    }
    return cause instanceof TooLongHttpHeaderException
        ? Refusal.HEADERS_TOO_LARGE
        : Refusal.UNREADABLE;
  }

  private void authenticated(
      Handshake handshake, AuthOutcome outcome, @Nullable Throwable failure, long decidedAtNanos) {
    if (state != State.AUTHENTICATING || !ctx.channel().isActive()) {
      return;
    }
    if (failure != null) {
      entrance.refusals().failed(failure);
      refuse(Refusal.UNAVAILABLE);
    } else if (outcome instanceof AuthOutcome.Accepted accepted) {
      Limit limit = visitor.as(accepted.userId());
      if (ctx.pipeline().get(RequestDecoder.class).hasMore()) {
        refuse(Refusal.HAS_BODY);
      } else if (limit != null) {
        refuse(Refusal.of(limit));
      } else {
        upgrade(handshake, accepted.userId(), decidedAtNanos);
      }
    } else if (outcome instanceof AuthOutcome.Refused refused) {
      refuse(Refusal.of(refused.reason()));
    }
  }

  private void upgrade(Handshake handshake, int userId, long decidedAtNanos) {
    state = State.ENDED;
    loop.wheel().remove(this);
    Answers.upgrade(ctx, handshake);
    ctx.pipeline()
        .addLast(
            new ClientConnection(
                loop,
                ctx.channel().eventLoop(),
                userId,
                identity.address(),
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
  void refuse(Refusal refusal) {
    if (state == State.HELD || state == State.ENDED) {
      return;
    }
    visitor.leave();
    entrance.refusals().refused(refusal, identity.address());
    if (refusal.isHeld() && entrance.refusals().hold()) {
      state = State.HELD;
      if (!Answers.canBeGiven(ctx)) {
        // The dear part of TLS is spared too.
        ctx.channel().config().setAutoRead(false);
      }
      heldRefusal = refusal;
      loop.wheel().remove(this);
      loop.wheel().schedule(this, loop.nowNanos() + entrance.refusals().holdNanos());
    } else {
      answer(refusal);
    }
  }

  private void answer(Refusal refusal) {
    state = State.ENDED;
    Answers.refuse(ctx, refusal);
  }

  @Override
  long onTime(long nowNanos) {
    if (state == State.HELD) {
      entrance.refusals().release();
      answer(heldRefusal);
      return deadlineNanos() + entrance.refusals().holdNanos();
    }
    if (nowNanos - deadlineNanos() < 0) {
      return deadlineNanos();
    }
    if (state != State.ENDED) {
      entrance.refusals().refused(Refusal.TIMED_OUT, identity.address());
      state = State.ENDED;
    }
    ctx.close();
    return Long.MAX_VALUE;
  }

  @Override
  void drain(long confirmDeadlineNanos) {
    refuse(Refusal.DRAINING);
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
      entrance.refusals().release();
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
      refuse(Refusal.BAD_PROXY_HEADER);
    } else if (cause instanceof DecoderException) {
      refuse(Answers.canBeGiven(ctx) ? Refusal.UNREADABLE : Refusal.BAD_TLS);
    } else {
      context.close();
    }
  }
}
