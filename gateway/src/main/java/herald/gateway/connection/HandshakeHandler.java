package herald.gateway.connection;

import herald.gateway.admission.Admission;
import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.Limit;
import herald.gateway.auth.AuthOutcome;
import herald.gateway.metrics.HandshakeMeters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
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
  private final long acceptedAtNanos;
  private long requestedAtNanos;

  private State state = State.READING;
  private Refusal heldRefusal = Refusal.TIMED_OUT;
  private ClientAddress client;
  private boolean admitted;
  private ChannelHandlerContext ctx;

  /**
   * @param peer whom the socket names
   */
  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before anything else is called
  HandshakeHandler(LoopContext loop, Entrance entrance, ClientAddress peer) {
    this.loop = loop;
    this.entrance = entrance;
    client = peer;
    visitor = entrance.admission().visitor();
    acceptedAtNanos = loop.nowNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    letGoAtTheEnd(ctx.channel(), visitor, loop.counts());
    loop.wheel().schedule(this, deadlineNanos());
    refuseIf(visitor.enter());
    if (!entrance.forwardedFor().isTrusted(client)) {
      admit();
    }
  }

  /** Static, so that the connection that comes after does not hold on to this handler. */
  private static void letGoAtTheEnd(
      Channel channel, Admission.Visitor visitor, ConnectionCounts counts) {
    counts.opened();
    channel
        .closeFuture()
        .addListener(
            closed -> {
              visitor.leave();
              counts.closed();
            });
  }

  private long deadlineNanos() {
    return acceptedAtNanos + TimeUnit.MILLISECONDS.toNanos(entrance.settings().deadlineMillis());
  }

  /** Applies the limits of the client's address, once it is known. */
  private void admit() {
    if (state == State.READING && !admitted) {
      admitted = true;
      refuseIf(visitor.from(client, loop.nowNanos()));
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
        readProxyHeader(header);
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

  /** Comes from trusted peers only, and first: see the pipeline. */
  private void readProxyHeader(HAProxyMessage header) {
    String source = header.sourceAddress();
    ClientAddress told = source == null ? null : ClientAddress.parse(source);
    if (told != null) {
      client = told;
    }
    if (!entrance.forwardedFor().isTrusted(client)) {
      admit();
    }
  }

  private void readRequest(HttpRequest request) {
    requestedAtNanos = loop.nowNanos();
    DecoderResult decoded = request.decoderResult();
    if (decoded.isFailure()) {
      refuse(refusalOf(decoded.cause()));
      return;
    }
    String forwarded = entrance.forwardedFor().headerName();
    if (!admitted && forwarded != null) {
      List<String> values = request.headers().getAll(forwarded);
      client = entrance.forwardedFor().client(client, values);
    }
    admit();
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
                  .execute(() -> authenticated(handshake, outcome, failure, decidedAtNanos));
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
      LOG.warn("authentication failed: {}", failure.toString());
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
      refuse(
          switch (refused.reason()) {
            case BAD_SIGNATURE -> Refusal.BAD_SIGNATURE;
            case UNKNOWN_WALLET -> Refusal.UNKNOWN_WALLET;
            case REPLAYED -> Refusal.REPLAYED;
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
            new ClientConnection(
                loop, ctx.channel().eventLoop(), userId, client, handshake.afterMicros()));
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
    entrance.refusals().refused(refusal, client);
    if (refusal.isHeld() && entrance.refusals().hold()) {
      state = State.HELD;
      if (!canSpeak()) {
        // The dear part of TLS is spared too.
        ctx.channel().config().setAutoRead(false);
      }
      heldRefusal = refusal;
      loop.wheel().schedule(this, loop.nowNanos() + entrance.refusals().holdNanos());
    } else {
      answer(refusal);
    }
  }

  private void answer(Refusal refusal) {
    state = State.ENDED;
    if (!refusal.isSaid() || !canSpeak()) {
      ctx.close();
      return;
    }
    ctx.writeAndFlush(ascii(refusal.response())).addListener(ChannelFutureListener.CLOSE);
  }

  /** With TLS nothing can be said before its own handshake is done. */
  private boolean canSpeak() {
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    return tls == null || tls.handshakeFuture().isSuccess();
  }

  private ByteBuf ascii(String text) {
    return ByteBufUtil.writeAscii(ctx.alloc(), text);
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
      entrance.refusals().refused(Refusal.TIMED_OUT, client);
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
    if (cause instanceof HAProxyProtocolException) {
      refuse(Refusal.BAD_PROXY_HEADER);
    } else if (cause instanceof DecoderException) {
      refuse(canSpeak() ? Refusal.UNREADABLE : Refusal.BAD_TLS);
    } else {
      context.close();
    }
  }
}
