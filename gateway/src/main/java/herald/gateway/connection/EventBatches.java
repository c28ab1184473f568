package herald.gateway.connection;

import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.Gap;
import herald.gateway.logging.Field;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the events that a cursor has into bytes for its socket. A single event goes through the
 * loop's buffer, several are gathered into one larger buffer, a large one is written in pieces;
 * behind the last goes a ping, if one may. Event loop.
 */
final class EventBatches {
  private static final Logger LOG = LoggerFactory.getLogger(EventBatches.class);

  /** Frames are gathered into buffers of this size; a larger frame gets one of its own. */
  private static final int GATHER_BYTES = 16 * 1024;

  /** So much of large events is written before other connections have their turn. */
  private static final int LARGE_TURN_BYTES = 512 * 1024;

  private EventBatches() {}

  /**
   * Writes what the cursor has, for as long as the socket takes it. If it ends before for want of
   * memory, or because it is the turn of others, the writer is told to go on later.
   *
   * @return how many events were written to their end
   */
  static int write(
      LoopContext loop,
      EventWriter writer,
      Cursor cursor,
      SocketWriter socket,
      Pings pings,
      long nowNanos) {
    byte[] receiver = cursor.receiverHashId();
    int events = 0;
    long bytes = 0;
    int largeBytes = 0;
    while (socket.isWritable()) {
      EncodedEvent event = cursor.peek();
      if (event == null) {
        break;
      }
      int frameBytes = Frames.eventBytes(event, receiver);
      if (frameBytes > LargeFrame.LARGER_THAN_BYTES) {
        LargeEvents large = writer.largeEvents();
        int written = large.write(event, LARGE_TURN_BYTES - largeBytes);
        bytes += written;
        largeBytes += written;
        if (large.isWritten()) {
          cursor.advance();
          events++;
          pingBehind(cursor, socket, pings, nowNanos);
        } else if (large.lacksMemory()) {
          writer.later().withMemory();
          break;
        }
        if (largeBytes >= LARGE_TURN_BYTES) {
          writer.later().afterOthers();
          break;
        }
        continue;
      }
      int capacity = frameBytes + Frames.PING_BYTES;
      if (cursor.hasSeveral()) {
        capacity = Math.max(capacity, GATHER_BYTES);
      }
      ByteBuf lent;
      ByteBuf buffer;
      try {
        lent = socket.lend(capacity);
        buffer = lent == null ? socket.allocate(capacity) : lent;
      } catch (OutOfMemoryError e) {
        writer.later().withMemory();
        break;
      }
      try {
        while (event != null && frameBytes + Frames.PING_BYTES <= buffer.writableBytes()) {
          if (lent != null) {
            loop.buffer().writeEvent(event, receiver, buffer);
          } else {
            Frames.writeEvent(event, receiver, buffer);
          }
          cursor.advance();
          events++;
          event = cursor.peek();
          frameBytes = event == null ? 0 : Frames.eventBytes(event, receiver);
        }
        bytes += buffer.readableBytes();
        if (event == null && pings.mayFollowEvents(nowNanos)) {
          pings.write(cursor, buffer, nowNanos);
        }
      } catch (Throwable e) {
        // A lent buffer is not given back: what is half written in it must reach nobody.
        buffer.release();
        throw e;
      }
      if (lent == null) {
        socket.send(buffer);
      } else {
        socket.sendLent(lent);
      }
    }
    socket.flush();
    if (bytes > 0) {
      loop.statistics().eventsWritten(events, bytes);
      cursor.onBytesSent(bytes);
    }
    return events;
  }

  /** Tells the client that it may have missed events, with the next flush. */
  static void writeGap(LoopContext loop, Cursor cursor, SocketWriter socket, Gap gap) {
    byte[] receiver = cursor.receiverHashId();
    LOG.atInfo()
        .addKeyValue("user", new String(receiver, StandardCharsets.US_ASCII))
        .addKeyValue("source", AccessLog.label(gap.source()))
        .log(
            "a client may have missed events between {} and {}",
            Field.of("from", gap.from()),
            Field.of("to", gap.to()));
    EncodedEvent event = EventEncoder.gap(gap.from(), gap.to());
    ByteBuf buffer = socket.allocate(Frames.eventBytes(event, receiver));
    Frames.writeEvent(event, receiver, buffer);
    socket.send(buffer);
    loop.meters().connections().gapSaid(gap.source());
  }

  private static void pingBehind(Cursor cursor, SocketWriter socket, Pings pings, long nowNanos) {
    if (cursor.peek() == null && pings.mayFollowEvents(nowNanos)) {
      ByteBuf ping = socket.allocate(Frames.PING_BYTES);
      pings.write(cursor, ping, nowNanos);
      socket.send(ping);
    }
  }
}
