package herald.gateway.connection;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.events.Cursor;
import herald.gateway.events.Gap;
import herald.gateway.events.Replay;
import herald.gateway.metrics.ConnectionMeters.Eviction;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.util.Set;
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
 * waits, and when the socket does again it goes on. Pings carry the cursor's position, so a pong is
 * the client's word that it has read all before; a ping rides behind events in the same write.
 */
final class ClientConnection extends TimedHandler implements FrameListener {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  /** Frames are gathered into buffers of this size; a larger frame gets one of its own. */
  private static final int GATHER_BYTES = 16 * 1024;

  private enum State {
    OPEN,
    /** Draining: nothing more is sent until the client has confirmed what it has got. */
    CONFIRMING,
    /** A close frame has been sent; the client's answer is awaited. */
    CLOSING,
    CLOSED
  }

  private final LoopContext loop;
  private final Cursor cursor;
  private final PendingEvents pending;
  private final FrameReader reader;
  private final InboundBudget inbound;

  private Pings pings;
  private ChannelHandlerContext ctx;
  private State state = State.OPEN;
  private CloseReason reason = CloseReason.VANISHED;
  private long lastReadNanos;
  private long deadlineNanos;
  private long stalledSinceNanos;
  private boolean stalled;
  private long unconfirmed;
  private boolean unflushed;

  @SuppressWarnings({
    "NullAway.Init", // ctx and pings are set by handlerAdded, before anything else is called
    "this-escape"
  })
  ClientConnection(LoopContext loop, Executor eventLoop, int userId, long afterMicros) {
    this.loop = loop;
    reader = new FrameReader(this, loop.settings().maxMessageBytes(), loop.maxFragments());
    inbound = new InboundBudget(loop.inboundRates(), loop.nowNanos());
    cursor = new Cursor(userId, afterMicros, eventLoop, this::wake);
    pending = new PendingEvents(cursor);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    long now = loop.nowNanos();
    lastReadNanos = now;
    pings = new Pings(loop.settings(), loop.meters().connections(), now);
    loop.wheel().schedule(this, pings.nextNanos());
    loop.dispatcher().open(cursor);
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  // ---- Events out ----

  /** There may be something to write; the first time, the cursor has just got its place. */
  private void wake() {
    if (pending.asksForReplay()) {
      loop.replays()
          .replay(cursor.userId(), cursor.afterMicros())
          .thenAccept(replay -> ctx.executor().execute(() -> replayed(replay)));
    }
    pump();
  }

  private void replayed(Replay replay) {
    pending.replayed(replay);
    if (replay.gap() != null) {
      say(replay.gap(), GapSource.DATABASE);
    }
    pump();
  }

  /** Writes what the cursor has, for as long as the socket takes it. */
  private void pump() {
    if (state != State.OPEN) {
      return;
    }
    long now = loop.nowNanos();
    int events = 0;
    long bytes = 0;
    Gap gap = cursor.takeGap();
    if (gap != null) {
      say(gap, GapSource.MEMORY);
    }
    while (ctx.channel().isWritable()) {
      EncodedEvent event = pending.peek();
      if (event == null) {
        break;
      }
      int frameBytes = Frames.eventBytes(event, cursor.receiverHashId());
      int capacity = frameBytes + Frames.PING_BYTES;
      if (pending.hasSeveral()) {
        capacity = Math.max(capacity, GATHER_BYTES);
      }
      ByteBuf buffer = ctx.alloc().directBuffer(capacity, capacity);
      while (event != null && frameBytes + Frames.PING_BYTES <= buffer.writableBytes()) {
        Frames.writeEvent(event, cursor.receiverHashId(), buffer);
        pending.advance();
        events++;
        event = pending.peek();
        frameBytes = event == null ? 0 : Frames.eventBytes(event, cursor.receiverHashId());
      }
      bytes += buffer.readableBytes();
      if (event == null) {
        pingBehind(buffer, now);
      }
      ctx.write(buffer, ctx.voidPromise());
      unflushed = true;
    }
    flush();
    if (events > 0) {
      loop.meters().connections().delivered(events, bytes);
      noteUnconfirmed();
    }
    if (cursor.isLost()) {
      evict(Eviction.LEFT_THE_LOG);
    } else {
      noteWritability(now);
    }
  }

  private void say(Gap gap, GapSource source) {
    LOG.info("a client may have missed events between {} and {}", gap.from(), gap.to());
    EncodedEvent event = EventEncoder.gap(gap.from(), gap.to());
    ByteBuf buffer = ctx.alloc().directBuffer(Frames.eventBytes(event, cursor.receiverHashId()));
    Frames.writeEvent(event, cursor.receiverHashId(), buffer);
    ctx.write(buffer, ctx.voidPromise());
    unflushed = true;
    loop.meters().connections().gapSaid(source);
  }

  /** Lets a ping ride behind events, or sees to it that one follows as soon as one may. */
  private void pingBehind(ByteBuf buffer, long now) {
    if (pings.mayRide(now)) {
      pings.write(cursor.position(), buffer, now);
    } else {
      loop.wheel().schedule(this, pings.nextNanos());
    }
  }

  private void ping(long now) {
    ByteBuf buffer = ctx.alloc().directBuffer(Frames.PING_BYTES, Frames.PING_BYTES);
    pings.write(cursor.position(), buffer, now);
    ctx.writeAndFlush(buffer, ctx.voidPromise());
  }

  private void flush() {
    if (unflushed) {
      unflushed = false;
      ctx.flush();
    }
  }

  private void noteWritability(long now) {
    if (state == State.CLOSED) {
      return;
    }
    boolean writable = ctx.channel().isWritable();
    if (writable) {
      if (stalled) {
        stalled = false;
        loop.figures().flows(this);
      }
    } else if (!stalled) {
      stalled = true;
      stalledSinceNanos = now;
      loop.figures().stalled(this);
      loop.wheel().schedule(this, now + nanos(loop.settings().writeDeadlineMillis()));
    }
  }

  private void noteUnconfirmed() {
    long now = cursor.position() - cursor.acknowledged();
    loop.figures().unconfirmed(unconfirmed, now);
    unconfirmed = now;
  }

  /** Events that wait for the client. Event loop. */
  long behind() {
    return cursor.behind();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    noteWritability(loop.nowNanos());
    if (context.channel().isWritable()) {
      pump();
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
        violated(CloseReason.TOO_MUCH_INBOUND);
      }
    } finally {
      bytes.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    flush();
  }

  @Override
  public void ping(ByteBuf payload) {
    takeMessage();
    // A client that pings and does not read gets no pongs: they would pile up here.
    if (isSending() && ctx.channel().isWritable()) {
      ByteBuf pong = ctx.alloc().directBuffer(2 + payload.readableBytes());
      Frames.writePong(payload, pong);
      ctx.write(pong, ctx.voidPromise());
      unflushed = true;
    }
  }

  @Override
  public void pong(ByteBuf payload) {
    takeMessage();
    long position = pings.position(payload, loop.nowNanos());
    if (position == Pings.NOT_OURS) {
      return;
    }
    if (cursor.acknowledge(position)) {
      loop.dispatcher().settle(cursor);
    }
    noteUnconfirmed();
    if (state == State.CONFIRMING && cursor.acknowledged() == cursor.position()) {
      close(CloseReason.DRAINED);
    }
  }

  @Override
  public void close(int code) {
    if (state == State.CLOSING) {
      ctx.close();
    } else if (isSending()) {
      closeWith(CloseReason.CLIENT_CLOSED, code == 0 ? CloseReason.CLIENT_CLOSED.code() : code, "");
      ctx.writeAndFlush(ctx.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void data(ByteBuf piece) {
    // Clients have nothing to say here: the contract has it read and thrown away.
  }

  @Override
  public void messageEnd(boolean text) {
    loop.meters().connections().inboundMessage();
    takeMessage();
  }

  private void takeMessage() {
    if (!inbound.takeMessage(lastReadNanos)) {
      violated(CloseReason.TOO_MUCH_INBOUND);
    }
  }

  @Override
  public void violated(CloseReason violation) {
    if (violation == CloseReason.TOO_MUCH_INBOUND) {
      // What it goes on sending stays in the kernel, which makes it wait.
      ctx.channel().config().setAutoRead(false);
    }
    close(violation);
  }

  // ---- The end ----

  private boolean isSending() {
    return state == State.OPEN || state == State.CONFIRMING;
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
    ByteBuf frame = ctx.alloc().directBuffer(4 + sentence.length());
    Frames.writeClose(code, sentence, frame);
    ctx.writeAndFlush(frame, ctx.voidPromise());
  }

  @Override
  long onTime(long now) {
    if (state == State.CLOSED) {
      return Long.MAX_VALUE;
    }
    if (state == State.CLOSING || state == State.CONFIRMING) {
      return onDeadline(now);
    }
    ConnectionSettings settings = loop.settings();
    long deadNanos = lastReadNanos + nanos(settings.idleTimeoutMillis());
    long evictNanos = stalledSinceNanos + nanos(settings.writeDeadlineMillis());
    if (now - deadNanos >= 0) {
      end(CloseReason.PING_TIMEOUT);
      return Long.MAX_VALUE;
    }
    if (stalled && now - evictNanos >= 0) {
      evict(Eviction.WRITE_DEADLINE);
      return deadlineNanos;
    }
    if (now - pings.nextNanos() >= 0) {
      ping(now);
    }
    long next = Math.min(deadNanos, pings.nextNanos());
    return stalled ? Math.min(next, evictNanos) : next;
  }

  private long onDeadline(long now) {
    if (now - deadlineNanos < 0) {
      return deadlineNanos;
    }
    if (state == State.CONFIRMING) {
      close(CloseReason.DRAINED);
      return deadlineNanos;
    }
    end(reason);
    return Long.MAX_VALUE;
  }

  /**
   * Freezes what is sent, has the client confirm it, and only then closes: so the client that goes
   * to another instance misses nothing that this one believed sent.
   */
  @Override
  void drain(long confirmDeadlineNanos) {
    if (state != State.OPEN) {
      return;
    }
    if (cursor.acknowledged() == cursor.position()) {
      close(CloseReason.DRAINED);
      return;
    }
    state = State.CONFIRMING;
    deadlineNanos = confirmDeadlineNanos;
    loop.wheel().schedule(this, confirmDeadlineNanos);
    ping(loop.nowNanos());
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

  private void end(CloseReason why) {
    reason = why;
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      loop.wheel().remove(this);
      loop.dispatcher().close(cursor);
      loop.counts().ended(reason);
      loop.figures().flows(this);
      loop.figures().unconfirmed(unconfirmed, 0);
      unconfirmed = 0;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, @Nullable Throwable cause) {
    LOG.debug("connection broke: {}", cause == null ? "" : cause.getClass().getSimpleName());
    if (isSending()) {
      reason = CloseReason.BROKEN;
    }
    context.close();
  }
}
