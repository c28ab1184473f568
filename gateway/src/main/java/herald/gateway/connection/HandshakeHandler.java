package herald.gateway.connection;

import herald.gateway.auth.AuthOutcome;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.metrics.HandshakeMeters;
import herald.protocol.SignedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time from accept to the 101: behind the HTTP decoder, for one request. Then it leaves, the
 * decoder with it, and a {@link ClientConnection} takes their place.
 *
 * <p>One for each socket, on its event loop. One absolute deadline, set at accept, ends whatever
 * has not been upgraded by then.
 */
final class HandshakeHandler extends TimedHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeHandler.class);
  private static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_HELD = 10_000;

  private enum State {
    READING,
    AUTHENTICATING,
    HELD,
    ENDED
  }

  private final LoopContext loop;
  private final HandshakeSettings settings;
  private final InstantSource clock;
  private final BiFunction<SignedRequest, byte[], CompletionStage<AuthOutcome>> authenticator;
  private final long acceptedAtNanos;

  private long requestedAtNanos;
  private State state = State.READING;
  private Refusal heldRefusal = Refusal.TIMED_OUT;
  private ChannelHandlerContext ctx;

  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before anything else is called
  HandshakeHandler(
      LoopContext loop,
      HandshakeSettings settings,
      InstantSource clock,
      BiFunction<SignedRequest, byte[], CompletionStage<AuthOutcome>> authenticator) {
    this.loop = loop;
    this.settings = settings;
    this.clock = clock;
    this.authenticator = authenticator;
    acceptedAtNanos = loop.nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    loop.wheel().schedule(this, deadlineNanos());
  }

  private long deadlineNanos() {
    return acceptedAtNanos + TimeUnit.MILLISECONDS.toNanos(settings.deadlineMillis());
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (state == State.READING && message instanceof HttpRequest request) {
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
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      refuse(refusalOf(decoded.cause()));
      return;
    }
    requestedAtNanos = loop.nowNanos();
    try {
      Handshake handshake = Handshake.read(request, settings, clock.millis());
      state = State.AUTHENTICATING;
      authenticator
          .apply(handshake.request(), handshake.signature())
          .whenComplete(
              (outcome, failure) -> {
                long decidedAtNanos = loop.nowNanos();
                ctx.executor()
                    .execute(
                        () -> {
                          if (failure != null) {
                            LOG.warn("authentication failed: {}", failure.toString());
                            refuse(Refusal.UNAVAILABLE);
                          } else {
                            authenticated(handshake, outcome, decidedAtNanos);
                          }
                        });
              });
    } catch (Handshake.RefusedException e) {
      refuse(e.refusal());
    }
  }

  private static Refusal refusalOf(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return Refusal.URL_TOO_LONG;
    }
    return cause instanceof TooLongHttpHeaderException
        ? Refusal.HEADERS_TOO_LARGE
        : Refusal.UNREADABLE;
  }

  private void authenticated(Handshake handshake, AuthOutcome outcome, long decidedAtNanos) {
    if (state != State.AUTHENTICATING || !ctx.channel().isActive()) {
      return;
    }
    if (outcome instanceof AuthOutcome.Accepted accepted) {
      upgrade(handshake, accepted.userId(), decidedAtNanos);
    } else if (outcome instanceof AuthOutcome.Refused refused) {
      refuse(
          switch (refused.reason()) {
            case BAD_SIGNATURE -> Refusal.BAD_SIGNATURE;
            case UNKNOWN_WALLET -> Refusal.UNKNOWN_WALLET;
            case OVERLOADED -> Refusal.OVERLOADED;
            case UNAVAILABLE -> Refusal.UNAVAILABLE;
          });
    }
  }

  private void upgrade(Handshake handshake, int userId, long decidedAtNanos) {
    state = State.ENDED;
    loop.wheel().remove(this);
    ctx.writeAndFlush(ascii(handshake.response()), ctx.voidPromise());
    ctx.pipeline()
        .addLast(
            new ClientConnection(loop, ctx.channel().eventLoop(), userId, handshake.afterMicros()));
    ctx.pipeline().remove(HttpRequestDecoder.class);
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
    loop.counts().refused(refusal);
    if (refusal.isHeld() && loop.counts().hold(MAX_HELD)) {
      state = State.HELD;
      heldRefusal = refusal;
      loop.wheel().schedule(this, loop.nowNanos() + HOLD_NANOS);
    } else {
      answer(refusal);
    }
  }

  private void answer(Refusal refusal) {
    state = State.ENDED;
    if (refusal == Refusal.TIMED_OUT) {
      ctx.close();
      return;
    }
    ctx.writeAndFlush(ascii(refusal.response())).addListener(ChannelFutureListener.CLOSE);
  }

  private ByteBuf ascii(String text) {
    return ByteBufUtil.writeAscii(ctx.alloc(), text);
  }

  @Override
  long onTime(long nowNanos) {
    if (state == State.HELD) {
      loop.counts().release();
      answer(heldRefusal);
      return deadlineNanos() + HOLD_NANOS;
    }
    if (nowNanos - deadlineNanos() < 0) {
      return deadlineNanos();
    }
    if (state != State.ENDED) {
      loop.counts().refused(Refusal.TIMED_OUT);
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
  public void channelInactive(ChannelHandlerContext context) {
    if (state == State.HELD) {
      loop.counts().release();
    } else if (state != State.ENDED) {
      loop.meters().handshakes().abandoned();
    }
    state = State.ENDED;
    loop.wheel().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("handshake ended: {}", cause.getClass().getSimpleName());
    context.close();
  }
}
