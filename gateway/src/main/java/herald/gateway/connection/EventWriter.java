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
final class EventWriter {
  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);

  /** Frames are gathered into buffers of this size; a larger frame gets one of its own. */
  private static final int GATHER_BYTES = 16 * 1024;

  private final LoopContext loop;
  private final Cursor cursor;
  private final Pings pings;
  private final SocketWriter writer;
  private boolean stalled;
  private long stalledSinceNanos;
  private long unconfirmed;

  EventWriter(LoopContext loop, ChannelHandlerContext ctx, Cursor cursor, long nowNanos) {
    this.loop = loop;
    this.cursor = cursor;
    writer = new SocketWriter(loop.buffer(), ctx);
    pings = new Pings(loop.settings(), loop.meters().connections(), loop.statistics(), nowNanos);
  }

  /** Reads what {@link #pump} will read: {@link CursorOwner#approach}. */
  int approach() {
    return (int) (unconfirmed + pings.nextNanos()) + writer.approach();
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
    Gap gap = cursor.takeGap();
    if (gap != null) {
      say(gap, GapSource.MEMORY);
    }
    while (writer.isWritable()) {
      EncodedEvent event = cursor.peek();
      if (event == null) {
        break;
      }
      int frameBytes = Frames.eventBytes(event, cursor.receiverHashId());
      int capacity = frameBytes + Frames.PING_BYTES;
      if (cursor.hasSeveral()) {
        capacity = Math.max(capacity, GATHER_BYTES);
      }
      ByteBuf lent = writer.lend(capacity);
      ByteBuf buffer = lent == null ? writer.allocate(capacity) : lent;
      try {
        while (event != null && frameBytes + Frames.PING_BYTES <= buffer.writableBytes()) {
          if (lent != null) {
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
      } catch (Throwable e) {
        // Not given back, if it was lent: nobody is to be sent what is half written.
        buffer.release();
        throw e;
      }
      if (lent == null) {
        writer.send(buffer);
      } else {
        writer.sendLent(lent);
      }
    }
    flush();
    if (events > 0) {
      loop.statistics().delivered(events, bytes);
      noteUnconfirmed();
    }
    noteWritability(nowNanos);
  }

  private void say(Gap gap, GapSource source) {
    LOG.info("a client may have missed events between {} and {}", gap.from(), gap.to());
    EncodedEvent event = EventEncoder.gap(gap.from(), gap.to());
    ByteBuf buffer = writer.allocate(Frames.eventBytes(event, cursor.receiverHashId()));
    Frames.writeEvent(event, cursor.receiverHashId(), buffer);
    writer.send(buffer);
    loop.meters().connections().gapSaid(source);
  }

  /** Writes a ping, alone. */
  void ping(long nowNanos) {
    ByteBuf buffer = writer.allocate(Frames.PING_BYTES);
    pings.write(cursor, buffer, nowNanos);
    writer.send(buffer);
    flush();
  }

  /** Answers a client's ping; with the next flush. */
  void pong(ByteBuf payload) {
    // A client that pings and does not read gets no pongs: they would pile up here.
    if (writer.isWritable()) {
      ByteBuf pong = writer.allocate(2 + payload.readableBytes());
      Frames.writePong(payload, pong);
      writer.write(pong);
    }
  }

  /** Writes a close frame. */
  void close(int code, String sentence) {
    ByteBuf frame = writer.allocate(4 + sentence.length());
    Frames.writeClose(code, sentence, frame);
    writer.write(frame);
    flush();
  }

  void flush() {
    writer.flush();
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
    loop.statistics().unconfirmed(unconfirmed, now);
    unconfirmed = now;
  }

  void noteWritability(long nowNanos) {
    boolean writable = writer.isWritable();
    if (writable == stalled) {
      stalled = !writable;
      if (stalled) {
        stalledSinceNanos = nowNanos;
        loop.statistics().stalled(this);
      } else {
        loop.statistics().flows(this);
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
    loop.statistics().flows(this);
    loop.statistics().unconfirmed(unconfirmed, 0);
    unconfirmed = 0;
    stalled = false;
  }
}
