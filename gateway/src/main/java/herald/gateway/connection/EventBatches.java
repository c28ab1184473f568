package herald.gateway.connection;

import herald.gateway.fanout.Cursor;
import herald.protocol.EncodedEvent;
import io.netty.buffer.ByteBuf;

/**
 * Turns the events that a cursor has into bytes for its socket. A single event goes through the
 * loop's buffer, several are gathered into one larger buffer; behind the last goes a ping, if one
 * may. Event loop.
 */
final class EventBatches {
  /** Frames are gathered into buffers of this size; a larger frame gets one of its own. */
  private static final int GATHER_BYTES = 16 * 1024;

  private EventBatches() {}

  /**
   * Writes what the cursor has, for as long as the socket takes it.
   *
   * @return how many events were written
   */
  static int write(
      LoopContext loop, Cursor cursor, SocketWriter socket, Pings pings, long nowNanos) {
    byte[] receiver = cursor.receiverHashId();
    int events = 0;
    long bytes = 0;
    while (socket.isWritable()) {
      EncodedEvent event = cursor.peek();
      if (event == null) {
        break;
      }
      int frameBytes = Frames.eventBytes(event, receiver);
      int capacity = frameBytes + Frames.PING_BYTES;
      if (cursor.hasSeveral()) {
        capacity = Math.max(capacity, GATHER_BYTES);
      }
      ByteBuf lent = socket.lend(capacity);
      ByteBuf buffer = lent == null ? socket.allocate(capacity) : lent;
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
    if (events > 0) {
      loop.statistics().eventsWritten(events, bytes);
      cursor.onBytesSent(bytes);
    }
    return events;
  }
}
