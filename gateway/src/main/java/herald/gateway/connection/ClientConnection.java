package herald.gateway.connection;

import herald.gateway.admission.ClientAddress;
import herald.gateway.events.Cursor;
import herald.gateway.events.CursorOwner;
import herald.gateway.events.Replay;
import herald.gateway.metrics.ConnectionMeters.Eviction;
import herald.gateway.ops.SlowConnection;
import herald.gateway.supervision.Place;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client, from the 101 to the end: the only handler in its pipeline, owned by its event loop.
 *
 * <p>It has no queue. What it is to send stands in the mailbox of its user, and its {@link Cursor}
 * says how far it has got: while the socket takes bytes it writes, when the socket does not it
 * waits, and when the socket does again it goes on. Each ping notes the cursor's position, so a
 * pong is the client's word that it has read all before; a ping rides behind events in the same
 * write.
 */
final class ClientConnection extends TimedHandler implements FrameListener, CursorOwner {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private enum State {
    OPEN,
    /** Leaving: what waits for the client is written first. */
    FINISHING,
    /** Leaving: nothing more is sent until the client has confirmed what it has got. */
    CONFIRMING,
    /** A close frame has been sent; the client's answer is awaited. */
    CLOSING,
    CLOSED
  }

  private final LoopContext loop;
  private final ClientAddress address;
  private final Cursor cursor;
  private final FrameReader reader;
  private final InboundRateLimit inbound;

  private ChannelHandlerContext ctx;
  private EventWriter out;
  private State state = State.OPEN;
  private CloseReason reason = CloseReason.VANISHED;
  private CloseReason leaving = CloseReason.DRAINED;
  private long lastReadNanos;
  private long deadlineNanos;
  private long expiresAtNanos;

  @SuppressWarnings({
    "NullAway.Init", // ctx and out are set by handlerAdded, before anything else is called
    "this-escape"
  })
  ClientConnection(
      LoopContext loop, Executor eventLoop, int userId, ClientAddress address, long afterMicros) {
    this.loop = loop;
    this.address = address;
    reader = new FrameReader(this, loop.settings().maxMessageBytes(), loop.maxFragments());
    inbound = new InboundRateLimit(loop.inboundBuckets(), loop.nowNanos());
    cursor = new Cursor(userId, afterMicros, eventLoop, this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    long now = loop.nowNanos();
    lastReadNanos = now;
    expiresAtNanos = now + loop.closePolicy().lifetimeNanos();
    out = new EventWriter(loop, context, cursor, now);
    loop.wheel().schedule(this, Math.min(out.dueNanos(), expiresAtNanos));
    loop.dispatcher().open(cursor);
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  // ---- Events out ----

  /** There may be something to write; the first time, the cursor has just got its place. */
  @Override
  public void wake(long nowNanos) {
    if (cursor.asksForReplay()) {
      loop.replays()
          .replay(cursor.userId(), cursor.afterMicros())
          .whenComplete(
              (replay, failure) ->
                  ctx.executor()
                      .execute(
                          () ->
                              loop.failures()
                                  .run(
                                      Place.REPLAY,
                                      this,
                                      connection -> replayed(replay, failure))));
    }
    pump(nowNanos);
  }

  @Override
  public int approach() {
    return slot + (isWriting() ? 1 : 0) + out.approach();
  }

  private void replayed(@Nullable Replay replay, @Nullable Throwable failure) {
    if (replay == null) {
      // Nothing would ever be sent to it: it is better off coming back.
      throw new CompletionException(failure);
    }
    if (isWriting()) {
      out.replayed(replay);
      pump(loop.nowNanos());
    }
  }

  private boolean isWriting() {
    return state == State.OPEN || state == State.FINISHING;
  }

  private void pump(long nowNanos) {
    if (!isWriting()) {
      return;
    }
    out.pump(nowNanos);
    if (cursor.isLost()) {
      evict(Eviction.LEFT_THE_LOG);
    } else if (state == State.FINISHING) {
      if (out.isCaughtUp()) {
        haveConfirmed();
      }
    } else {
      loop.wheel().schedule(this, out.dueNanos());
    }
  }

  // ---- For /status ----

  /** Whether events wait for the client, or for its confirmation. Event loop. */
  boolean isSlow() {
    return out.behind() > 0 || out.unconfirmed() > 0;
  }

  long stalledNanos(long nowNanos) {
    return out.stalledNanos(nowNanos);
  }

  long behind() {
    return out.behind();
  }

  long unconfirmed() {
    return out.unconfirmed();
  }

  /** What an operator may know of it. Event loop. */
  SlowConnection describe(long nowNanos) {
    return new SlowConnection(
        new String(cursor.receiverHashId(), StandardCharsets.US_ASCII),
        address.shortened(),
        TimeUnit.NANOSECONDS.toMillis(stalledNanos(nowNanos)),
        behind(),
        unconfirmed());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (state == State.CLOSED) {
      return;
    }
    out.noteWritability(loop.nowNanos());
    loop.wheel().schedule(this, out.dueNanos());
    if (context.channel().isWritable()) {
      pump(loop.nowNanos());
    }
  }

  // ---- Frames in ----

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      lastReadNanos = loop.nowNanos();
      if (inbound.takeBytes(bytes.readableBytes(), lastReadNanos)) {
        reader.read(bytes);
      } else {
        onViolation(CloseReason.TOO_MUCH_INBOUND);
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    out.flush();
  }

  @Override
  public void onPing(ByteBuf payload) {
    takeMessage();
    if (isSending()) {
      out.pong(payload);
    }
  }

  @Override
  public void onPong(ByteBuf payload) {
    takeMessage();
    if (out.confirm(payload, loop.nowNanos())
        && state == State.CONFIRMING
        && out.unconfirmed() == 0) {
      close(leaving);
    }
  }

  @Override
  public void onClose(int code) {
    if (state == State.CLOSING) {
      ctx.close();
    } else if (isSending()) {
      closeWith(CloseReason.CLIENT_CLOSED, code == 0 ? CloseReason.CLIENT_CLOSED.code() : code, "");
      ctx.writeAndFlush(ctx.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void onData(ByteBuf piece) {
    // Clients have nothing to say here: the contract has it read and thrown away.
  }

  @Override
  public void onMessageEnd(boolean text) {
    loop.meters().connections().inboundMessage();
    takeMessage();
  }

  private void takeMessage() {
    if (!inbound.takeMessage(lastReadNanos)) {
      onViolation(CloseReason.TOO_MUCH_INBOUND);
    }
  }

  @Override
  public void onViolation(CloseReason violation) {
    if (violation == CloseReason.TOO_MUCH_INBOUND) {
      // What it goes on sending stays in the kernel, which makes it wait.
      ctx.channel().config().setAutoRead(false);
    }
    if (isSending()) {
      close(violation);
      // The client's answer would not be read, so it is not waited for: the client sees the end of
      // the stream at once. Closing altogether would take the close frame along if bytes of the
      // client are still unread (RFC 6455, section 7.1.1).
      ctx.writeAndFlush(ctx.alloc().buffer(0)).addListener(written -> shutdownOutput());
    }
  }

  private void shutdownOutput() {
    if (ctx.channel() instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  // ---- The end ----

  private boolean isSending() {
    return isWriting() || state == State.CONFIRMING;
  }

  private void close(CloseReason why) {
    if (isSending()) {
      closeWith(why, why.code(), why.sentence());
    }
  }

  private void evict(Eviction cause) {
    if (isSending()) {
      loop.meters().connections().evicted(cause);
      close(CloseReason.TOO_SLOW);
    }
  }

  /** Tries a close frame; the socket is closed by the client's answer or by the deadline. */
  private void closeWith(CloseReason why, int code, String sentence) {
    state = State.CLOSING;
    reason = why;
    deadlineNanos = loop.nowNanos() + nanos(loop.settings().closeTimeoutMillis());
    loop.wheel().schedule(this, deadlineNanos);
    out.close(code, sentence);
  }

  @Override
  long onTime(long now) {
    if (state == State.CLOSED) {
      return Long.MAX_VALUE;
    }
    if (state != State.OPEN) {
      return onDeadline(now);
    }
    long deadNanos = lastReadNanos + nanos(loop.settings().idleTimeoutMillis());
    if (now - deadNanos >= 0) {
      end(CloseReason.PING_TIMEOUT);
      return Long.MAX_VALUE;
    }
    if (out.isTooSlow(now)) {
      evict(Eviction.WRITE_DEADLINE);
      return deadlineNanos;
    }
    if (now - expiresAtNanos >= 0) {
      leave(CloseReason.LIFETIME_OVER, now + loop.closePolicy().confirmNanos());
      return deadlineNanos;
    }
    if (out.isPingDue(now)) {
      out.ping(now);
    }
    return Math.min(Math.min(deadNanos, expiresAtNanos), out.dueNanos());
  }

  private long onDeadline(long now) {
    if (now - deadlineNanos < 0) {
      return deadlineNanos;
    }
    if (state == State.FINISHING) {
      loop.meters().connections().leftBehind();
    }
    if (isSending()) {
      close(leaving);
      return deadlineNanos;
    }
    end(reason);
    return Long.MAX_VALUE;
  }

  @Override
  void drain(long confirmDeadlineNanos) {
    leave(CloseReason.DRAINED, confirmDeadlineNanos);
  }

  /**
   * Writes what waits, has the client confirm it, and only then closes: so the client that goes to
   * another instance misses nothing that this one had for it.
   */
  private void leave(CloseReason why, long confirmDeadlineNanos) {
    if (state == State.OPEN) {
      state = State.FINISHING;
      leaving = why;
      deadlineNanos = confirmDeadlineNanos;
      loop.wheel().schedule(this, confirmDeadlineNanos);
      pump(loop.nowNanos());
    }
  }

  private void haveConfirmed() {
    if (out.unconfirmed() == 0) {
      close(leaving);
    } else {
      state = State.CONFIRMING;
      out.ping(loop.nowNanos());
    }
  }

  @Override
  void dismiss(Set<Integer> users) {
    if (users.contains(cursor.userId())) {
      close(CloseReason.NOT_ALLOWED);
    }
  }

  @Override
  void abort() {
    end(CloseReason.DRAINED);
  }

  @Override
  public void onFailure() {
    end(CloseReason.FAILED);
  }

  private void end(CloseReason why) {
    reason = why;
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      loop.wheel().remove(this);
      loop.failures().run(Place.CHANGE, () -> loop.dispatcher().close(cursor));
      loop.counts().ended(reason);
      out.end();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, @Nullable Throwable cause) {
    LOG.debug("connection broke: {}", cause == null ? "" : cause.getClass().getSimpleName());
    loop.failures().onPipeline(cause);
    if (isSending()) {
      reason = CloseReason.BROKEN;
    }
    context.close();
  }
}
