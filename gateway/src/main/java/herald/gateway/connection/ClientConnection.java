package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.admission.WalletUser;
import herald.gateway.fanout.Subscriber;
import herald.gateway.metrics.ConnectionMeters.Eviction;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client from the 101 to the end: the only handler in its pipeline, beside TLS. Here arrives
 * what the socket, the client and the clock do to the connection; {@link ClientInput} reads what
 * the client sends, {@link EventWriter} writes to it, and {@link ConnectionLifecycle} knows how it
 * ends.
 *
 * <p>Everything runs on the connection's event loop, the only thread that reads or writes a field.
 */
final class ClientConnection extends ConnectionLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private final ClientAddress address;

  /** As whom it was let in; null only if no signature has been asked for. */
  private final @Nullable WalletUser user;

  private final ClientInput input;

  private long openedAtNanos;

  /** When a connection that is still open is drained because of its age. */
  private long expiresAtNanos;

  ClientConnection(
      LoopContext loop, Executor eventLoop, Subscriber subscriber, ClientAddress address) {
    this(loop, eventLoop, subscriber, address, null);
  }

  @SuppressWarnings("this-escape") // the input calls back only when it is given bytes
  ClientConnection(
      LoopContext loop,
      Executor eventLoop,
      Subscriber subscriber,
      ClientAddress address,
      @Nullable WalletUser user) {
    super(loop, eventLoop, subscriber);
    this.user = user;
    this.address = address;
    input = new ClientInput(this, loop);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    super.handlerAdded(context);
    long now = loop.nowNanos();
    openedAtNanos = now;
    AccessLog.onOpened(this);
    expiresAtNanos = now + loop.closePolicy().lifetimeNanos();
    writer().attach(context, now);
    loop.wheel().schedule(this, Math.min(writer().dueNanos(), expiresAtNanos));
    writer().start();
  }

  ClientAddress address() {
    return address;
  }

  /** Whether it was let in as one of these. */
  boolean isOfAny(Set<WalletUser> users) {
    return user != null && users.contains(user);
  }

  /** How long ago the socket became a WebSocket. */
  long ageNanos(long nowNanos) {
    return nowNanos - openedAtNanos;
  }

  @Override
  void onEnded(CloseReason reason, int code) {
    AccessLog.onEnded(this, reason, code);
  }

  // ---- What the socket does ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      input.read(bytes, loop.nowNanos());
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    writer().socket().flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (state() != ConnectionState.CLOSED) {
      writer().onWritabilityChanged(loop.nowNanos());
      loop.wheel().schedule(this, writer().dueNanos());
      if (context.channel().isWritable()) {
        writer().writeAvailable(loop.nowNanos());
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, @Nullable Throwable cause) {
    LOG.debug("the connection broke: {}", cause == null ? "" : cause.getClass().getSimpleName());
    loop.failures().onPipeline(cause);
    if (state().writesFrames()) {
      abort(CloseReason.BROKEN);
    } else {
      abort();
    }
  }

  // ---- What the client sends ----

  /** A ping. */
  void onPing(ByteBuf payload) {
    if (state().writesFrames()) {
      writer().socket().writePong(payload);
    }
  }

  /** A pong. */
  void onPong(ByteBuf payload) {
    if (writer().onPong(payload, loop.nowNanos())) {
      onConfirmed();
    }
  }

  /**
   * A close frame: the answer to one that was sent, or the client's own wish.
   *
   * @param code 0 if it carries none
   */
  void onCloseFrame(int code) {
    if (state() == ConnectionState.CLOSING) {
      abort();
    } else if (state().writesFrames()) {
      CloseReason reason = CloseReason.CLIENT_CLOSED;
      close(reason, code == 0 ? reason.code() : code, "");
      onceWritten(ChannelFutureListener.CLOSE);
    }
  }

  /** Something that breaks a rule. */
  void onViolation(CloseReason violation) {
    if (violation == CloseReason.TOO_MUCH_INBOUND) {
      // What the client goes on sending stays in the kernel, which makes the client wait.
      ctx().channel().config().setAutoRead(false);
    }
    if (state().writesFrames()) {
      close(violation);
      // The client's answer would not be read, so it is not waited for: the client sees the end of
      // the stream at once. Closing the whole socket would discard the close frame if bytes of the
      // client are still unread (RFC 6455, section 7.1.1).
      onceWritten(written -> shutdownOutput());
    }
  }

  /** Has something done when all that was written before is in the kernel. */
  private void onceWritten(ChannelFutureListener action) {
    ctx().writeAndFlush(ctx().alloc().buffer(0)).addListener(action);
  }

  private void shutdownOutput() {
    if (ctx().channel() instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  // ---- What the clock does ----

  @Override
  void onStandstill(long stoodNanos, long nowNanos) {
    super.onStandstill(stoodNanos, nowNanos);
    input.onStandstill(stoodNanos, nowNanos);
    writer().onStandstill(stoodNanos);
  }

  @Override
  long onTime(long now) {
    if (state() == ConnectionState.CLOSED) {
      return Long.MAX_VALUE;
    }
    if (state() != ConnectionState.OPEN) {
      return onStateDeadline(now);
    }
    long idleTimeoutMillis = loop.settings().idleTimeoutMillis();
    SocketWriter socket = writer().socket();
    Eviction tooSlow = loop.slowClients().whyTooSlow(socket, now);
    if (tooSlow != null) {
      closeSlow(tooSlow);
      return stateDeadlineNanos();
    }
    long idleAtNanos =
        SlowClientRule.lastAliveNanos(socket, input.lastReadNanos())
            + TimeUnit.MILLISECONDS.toNanos(idleTimeoutMillis);
    if (now - idleAtNanos >= 0) {
      if (!loop.slowClients().isStillTaking(socket, now)) {
        abort(CloseReason.PING_TIMEOUT);
        return Long.MAX_VALUE;
      }
      idleAtNanos = now + TimerWheel.TICK_NANOS;
    }
    if (now - expiresAtNanos >= 0) {
      drain(CloseReason.LIFETIME_OVER, now + loop.closePolicy().confirmNanos());
      return stateDeadlineNanos();
    }
    writer().writePingIfDue(now);
    return Math.min(Math.min(idleAtNanos, expiresAtNanos), writer().dueNanos());
  }
}
