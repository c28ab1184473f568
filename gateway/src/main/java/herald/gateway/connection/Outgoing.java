package herald.gateway.connection;

import herald.gateway.events.Cursor;
import herald.gateway.events.CursorOwner;
import herald.gateway.events.Gap;
import herald.gateway.events.Replay;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes out to one client: events for as long as its socket takes bytes, a ping behind them,
 * and the note of how long the socket has taken nothing. Event loop.
 */
final class Outgoing {
  private static final Logger LOG = LoggerFactory.getLogger(Outgoing.class);

  /** Frames are gathered into buffers of this size; a larger frame gets one of its own. */
  private static final int GATHER_BYTES = 16 * 1024;

  private final LoopContext loop;
  private final ChannelHandlerContext ctx;
  private final Cursor cursor;
  private final Pings pings;
  private boolean unflushed;
  private boolean stalled;
  private long stalledSinceNanos;
  private long unconfirmed;

  Outgoing(LoopContext loop, ChannelHandlerContext ctx, Cursor cursor, long nowNanos) {
    this.loop = loop;
    this.ctx = ctx;
    this.cursor = cursor;
    pings = new Pings(loop.settings(), loop.meters().connections(), loop.figures(), nowNanos);
  }

  /** Reads what {@link #pump} will read: {@link CursorOwner#approach}. */
  int approach() {
    return (int) pings.nextNanos() + (ctx.channel().isWritable() ? 1 : 0);
  }

  /** The database's answer. */
  void replayed(Replay replay) {
    cursor.replayed(replay.events());
    if (replay.gap() != null) {
      say(replay.gap(), GapSource.DATABASE);
    }
  }

  /** Writes what the cursor has, for as long as the socket takes it. */
  void pump(long nowNanos) {
    int events = 0;
    long bytes = 0;
    ByteBuf lent = null;
    Gap gap = cursor.takeGap();
    if (gap != null) {
      say(gap, GapSource.MEMORY);
    }
    while (ctx.channel().isWritable()) {
      EncodedEvent event = cursor.peek();
      if (event == null) {
        break;
      }
      int frameBytes = Frames.eventBytes(event, cursor.receiverHashId());
      int capacity = frameBytes + Frames.PING_BYTES;
      if (cursor.hasSeveral()) {
        capacity = Math.max(capacity, GATHER_BYTES);
      }
      ByteBuf buffer = lent == null ? loop.buffer().lend(ctx.channel(), capacity) : null;
      boolean isLent = buffer != null;
      if (buffer == null) {
        buffer = ctx.alloc().directBuffer(capacity, capacity);
      } else {
        lent = buffer;
      }
      while (event != null && frameBytes + Frames.PING_BYTES <= buffer.writableBytes()) {
        if (isLent) {
          loop.buffer().writeEvent(event, cursor.receiverHashId(), buffer);
        } else {
          Frames.writeEvent(event, cursor.receiverHashId(), buffer);
        }
        cursor.advance();
        events++;
        event = cursor.peek();
        frameBytes = event == null ? 0 : Frames.eventBytes(event, cursor.receiverHashId());
      }
      bytes += buffer.readableBytes();
      if (event == null && pings.mayRide(nowNanos)) {
        pings.write(cursor, buffer, nowNanos);
      }
      write(buffer);
    }
    flush();
    if (lent != null) {
      loop.buffer().takeBack(lent);
    }
    if (events > 0) {
      loop.figures().delivered(events, bytes);
      noteUnconfirmed();
    }
    noteWritability(nowNanos);
  }

  private void say(Gap gap, GapSource source) {
    LOG.info("a client may have missed events between {} and {}", gap.from(), gap.to());
    EncodedEvent event = EventEncoder.gap(gap.from(), gap.to());
    ByteBuf buffer = ctx.alloc().directBuffer(Frames.eventBytes(event, cursor.receiverHashId()));
    Frames.writeEvent(event, cursor.receiverHashId(), buffer);
    write(buffer);
    loop.meters().connections().gapSaid(source);
  }

  /** Writes a ping, alone. */
  void ping(long nowNanos) {
    ByteBuf buffer = ctx.alloc().directBuffer(Frames.PING_BYTES, Frames.PING_BYTES);
    pings.write(cursor, buffer, nowNanos);
    write(buffer);
    flush();
  }

  /** Answers a client's ping; with the next flush. */
  void pong(ByteBuf payload) {
    // A client that pings and does not read gets no pongs: they would pile up here.
    if (ctx.channel().isWritable()) {
      ByteBuf pong = ctx.alloc().directBuffer(2 + payload.readableBytes());
      Frames.writePong(payload, pong);
      write(pong);
    }
  }

  /** Writes a close frame. */
  void close(int code, String sentence) {
    ByteBuf frame = ctx.alloc().directBuffer(4 + sentence.length());
    Frames.writeClose(code, sentence, frame);
    write(frame);
    flush();
  }

  private void write(ByteBuf buffer) {
    ctx.write(buffer, ctx.voidPromise());
    unflushed = true;
  }

  void flush() {
    if (unflushed) {
      unflushed = false;
      ctx.flush();
    }
  }

  /** Takes a pong; whether it is an answer to a ping of this connection. */
  boolean confirm(ByteBuf payload, long nowNanos) {
    Pings.Sent answered = pings.answered(payload, nowNanos);
    if (answered == null) {
      return false;
    }
    if (cursor.acknowledge(answered.position(), answered.sent())) {
      loop.dispatcher().settle(cursor);
    }
    noteUnconfirmed();
    return true;
  }

  private void noteUnconfirmed() {
    long now = unconfirmed();
    loop.figures().unconfirmed(unconfirmed, now);
    unconfirmed = now;
  }

  void noteWritability(long nowNanos) {
    boolean writable = ctx.channel().isWritable();
    if (writable == stalled) {
      stalled = !writable;
      if (stalled) {
        stalledSinceNanos = nowNanos;
        loop.figures().stalled(this);
      } else {
        loop.figures().flows(this);
      }
    }
  }

  /** Whether a ping is due. */
  boolean isPingDue(long nowNanos) {
    return nowNanos - pings.nextNanos() >= 0;
  }

  /** Whether the socket has taken nothing for the write deadline. */
  boolean isTooSlow(long nowNanos) {
    return stalled && nowNanos - tooSlowAtNanos() >= 0;
  }

  /** When the next ping is due, or the client will have been too slow. */
  long dueNanos() {
    return stalled ? Math.min(pings.nextNanos(), tooSlowAtNanos()) : pings.nextNanos();
  }

  private long tooSlowAtNanos() {
    return stalledSinceNanos + TimeUnit.MILLISECONDS.toNanos(loop.settings().writeDeadlineMillis());
  }

  /** Whether all there is for the client has been written. */
  boolean isCaughtUp() {
    return cursor.hasEntered() && !cursor.awaitsReplay() && cursor.peek() == null;
  }

  /** Events that wait for the client. */
  long behind() {
    return cursor.behind();
  }

  /** Events that the client has been sent and has not confirmed. */
  long unconfirmed() {
    return cursor.unconfirmed();
  }

  /** How long the socket has taken nothing; 0 if it takes. */
  long stalledNanos(long nowNanos) {
    return stalled ? nowNanos - stalledSinceNanos : 0;
  }

  /** Counts no more: the connection has ended. */
  void end() {
    loop.figures().flows(this);
    loop.figures().unconfirmed(unconfirmed, 0);
    unconfirmed = 0;
    stalled = false;
  }
}
