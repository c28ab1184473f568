package herald.gateway.stream;

import herald.gateway.database.ServerIdentity;
import herald.gateway.fanout.Audience;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.Part;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.protocol.EventId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.roaringbitmap.RoaringBitmap;

/**
 * Messages of the stream as bytes: the version, the kind, the relay, and what the kind says.
 * Numbers of which many are small take seven bits a byte, the lowest first.
 */
public final class StreamCodec {
  private static final int VERSION = 1;

  private static final int EVENT = 1;
  private static final int PART = 2;
  private static final int MARK = 3;
  private static final int BATCH = 4;

  private static final int FEW = 0;
  private static final int MANY = 1;

  private static final int HAS_ID = 1;
  private static final int IS_BESIDE = 2;

  private StreamCodec() {}

  /** The message as bytes. */
  public static byte[] encode(StreamMessage message) {
    ByteBuf to = Unpooled.buffer();
    to.writeByte(VERSION);
    if (message instanceof OneEvent event) {
      to.writeByte(EVENT).writeLong(event.relay());
      write(to, event);
    } else if (message instanceof Part part) {
      to.writeByte(PART).writeLong(part.relay()).writeLong(part.set());
      writeNumber(to, part.index());
      writeNumber(to, part.count());
      to.writeBytes(part.slice());
    } else if (message instanceof PointMark mark) {
      to.writeByte(MARK).writeLong(mark.relay());
      to.writeLong(mark.sinceXmin());
      write(to, mark.mark().point());
      write(to, mark.mark().base());
      write(to, mark.mark().older());
    } else if (message instanceof Batch batch) {
      to.writeByte(BATCH).writeLong(batch.relay());
      batch.messages().forEach(each -> writeBytes(to, encode(each)));
    }
    return ByteBufUtil.getBytes(to);
  }

  private static void write(ByteBuf to, OneEvent event) {
    EventId id = event.id();
    to.writeByte((id == null ? 0 : HAS_ID) | (event.isBeside() ? IS_BESIDE : 0));
    if (id != null) {
      to.writeLong(id.appliedAtMicros()).writeLong(id.row()).writeLong(id.part());
    }
    to.writeInt(event.senderUserId());
    to.writeLong(event.relayedAtMicros()).writeLong(event.committedAtMicros());
    to.writeLong(event.receivedAtMicros());
    to.writeInt(event.xid());
    write(to, event.audience());
    writeBytes(to, event.head());
    writeBytes(to, event.middle());
    writeBytes(to, event.tail());
  }

  private static void write(ByteBuf to, Audience audience) {
    RoaringBitmap bitmap = audience.bitmap();
    if (bitmap != null) {
      ByteBuffer bytes = ByteBuffer.allocate(bitmap.serializedSizeInBytes());
      bitmap.serialize(bytes);
      to.writeByte(MANY);
      writeBytes(to, bytes.array());
      return;
    }
    int[] users = audience.users();
    to.writeByte(FEW);
    writeNumber(to, users.length);
    int last = 0;
    for (int user : users) {
      // In ascending order; the first may be less than 0.
      writeNumber(to, (user - last) & 0xffff_ffffL);
      last = user;
    }
  }

  private static void write(ByteBuf to, FeedPoint point) {
    to.writeLong(point.probeNumber()).writeLong(point.clockMicros()).writeLong(point.xmin());
    to.writeLong(point.writtenLsn()).writeLong(point.flushedLsn());
    writeText(to, point.server().toString());
    writeText(to, point.cluster());
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException with one sentence for bytes that are none
   */
  public static StreamMessage decode(byte[] bytes) {
    try {
      ByteBuf from = Unpooled.wrappedBuffer(bytes);
      int version = from.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "a message of version " + version + " (expected: " + VERSION + ")");
      }
      int kind = from.readByte();
      long relay = from.readLong();
      StreamMessage message =
          switch (kind) {
            case EVENT -> readEvent(from, relay);
            case PART -> readPart(from, relay);
            case MARK -> readMark(from, relay);
            case BATCH -> readBatch(from, relay);
            default -> throw new IllegalArgumentException("a message of kind " + kind);
          };
      if (from.isReadable()) {
        throw new IllegalArgumentException("a message with bytes behind its end");
      }
      return message;
    } catch (IndexOutOfBoundsException | IOException e) {
      throw new IllegalArgumentException("a message that ends too early", e);
    }
  }

  private static OneEvent readEvent(ByteBuf from, long relay) throws IOException {
    int flags = from.readByte();
    EventId id =
        (flags & HAS_ID) == 0
            ? null
            : new EventId(from.readLong(), from.readLong(), from.readLong());
    return new OneEvent(
        relay,
        id,
        from.readInt(),
        from.readLong(),
        from.readLong(),
        from.readLong(),
        from.readInt(),
        (flags & IS_BESIDE) != 0,
        readAudience(from),
        readBytes(from),
        readBytes(from),
        readBytes(from));
  }

  private static PointMark readMark(ByteBuf from, long relay) {
    long sinceXmin = from.readLong();
    FeedMark mark = new FeedMark(readPoint(from), readPoint(from), readPoint(from));
    return new PointMark(relay, mark, sinceXmin);
  }

  private static Batch readBatch(ByteBuf from, long relay) {
    List<StreamMessage> messages = new ArrayList<>();
    while (from.isReadable()) {
      StreamMessage message = decode(readBytes(from));
      if (!(message instanceof OneEvent || message instanceof PointMark)) {
        throw new IllegalArgumentException("a batch of what is neither event nor mark");
      }
      messages.add(message);
    }
    return new Batch(relay, messages);
  }

  private static Part readPart(ByteBuf from, long relay) {
    long set = from.readLong();
    int index = readInt(from);
    int count = readInt(from);
    if (index >= count) {
      throw new IllegalArgumentException("a part " + index + " of " + count);
    }
    byte[] slice = new byte[from.readableBytes()];
    from.readBytes(slice);
    return new Part(relay, set, index, count, slice);
  }

  private static Audience readAudience(ByteBuf from) throws IOException {
    int kind = from.readByte();
    if (kind == MANY) {
      return Audience.of(readBitmap(readBytes(from)));
    }
    if (kind != FEW) {
      throw new IllegalArgumentException("an audience of kind " + kind);
    }
    int count = readInt(from);
    // Each takes a byte at least: nobody has this allocate more than has been sent.
    if (count > from.readableBytes()) {
      throw new IllegalArgumentException("an audience that ends too early");
    }
    int[] users = new int[count];
    int last = 0;
    for (int i = 0; i < count; i++) {
      last += (int) readNumber(from);
      users[i] = last;
    }
    return Audience.of(users);
  }

  private static RoaringBitmap readBitmap(byte[] bytes) throws IOException {
    RoaringBitmap bitmap = new RoaringBitmap();
    try {
      bitmap.deserialize(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (RuntimeException e) {
      // The library's own exceptions, and those of arrays
      throw new IllegalArgumentException("an audience that is no bitmap", e);
    }
    return bitmap;
  }

  private static FeedPoint readPoint(ByteBuf from) {
    return new FeedPoint(
        from.readLong(),
        from.readLong(),
        from.readLong(),
        from.readLong(),
        from.readLong(),
        ServerIdentity.parse(readText(from)),
        readText(from));
  }

  private static void writeText(ByteBuf to, String text) {
    writeBytes(to, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String readText(ByteBuf from) {
    return new String(readBytes(from), StandardCharsets.UTF_8);
  }

  private static void writeBytes(ByteBuf to, byte[] bytes) {
    writeNumber(to, bytes.length);
    to.writeBytes(bytes);
  }

  private static byte[] readBytes(ByteBuf from) {
    int length = readInt(from);
    if (length > from.readableBytes()) {
      throw new IllegalArgumentException("a message that ends too early");
    }
    byte[] bytes = new byte[length];
    from.readBytes(bytes);
    return bytes;
  }

  private static void writeNumber(ByteBuf to, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      to.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    to.writeByte((int) rest);
  }

  private static int readInt(ByteBuf from) {
    long number = readNumber(from);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a number of more than 31 bits");
    }
    return (int) number;
  }

  private static long readNumber(ByteBuf from) {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = from.readByte();
      number |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number of too many bytes");
  }
}
