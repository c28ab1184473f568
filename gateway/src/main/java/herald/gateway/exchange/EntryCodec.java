package herald.gateway.exchange;

import herald.gateway.device.Device;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries as the text of notifications: the marks that are referred to, then the entries, in
 * Base64. A notification carries less than 8,000 bytes (PostgreSQL manual, "NOTIFY").
 */
final class EntryCodec {
  /** Bytes of one body; in Base64 and with what stands before it less than 8,000. */
  private static final int MAX_BODY_BYTES = 5_800;

  private static final int MARK_BYTES = 4 * Long.BYTES + Integer.BYTES;
  private static final int MAX_ENTRY_BYTES = 80;
  private static final int MAX_MARKS = 100;

  private static final int LIVE = 1;
  private static final int PUT = 2;
  private static final int MOVED = 3;
  private static final int RETIRED = 4;
  private static final int KNOWS = 5;

  private static final int NO_MARK = 0;

  private EntryCodec() {}

  /** As many bodies as these entries take; at least one. */
  static List<String> encode(List<Entry> entries) {
    List<String> bodies = new ArrayList<>();
    Body body = new Body();
    for (Entry entry : entries) {
      if (body.isFull()) {
        bodies.add(body.text());
        body = new Body();
      }
      body.add(entry);
    }
    bodies.add(body.text());
    return bodies;
  }

  /** A body that is being written. */
  private static final class Body {
    private final List<Mark> marks = new ArrayList<>();
    private final ByteBuf entries = Unpooled.buffer(MAX_BODY_BYTES);

    boolean isFull() {
      return entries.readableBytes() + MAX_ENTRY_BYTES + (marks.size() + 1) * MARK_BYTES
              > MAX_BODY_BYTES
          || marks.size() == MAX_MARKS;
    }

    void add(Entry entry) {
      if (entry instanceof Entry.Live live) {
        entries.writeByte(LIVE);
        entries.writeByte(reference(live.mark()));
      } else if (entry instanceof Entry.Put put) {
        entries.writeByte(PUT);
        entries.writeLong(put.instance());
        writeNumber(entries, put.number());
        writeNumber(entries, put.userId());
        entries.writeLong(put.device().cookieKey());
        entries.writeLong(put.device().headersKey());
        entries.writeLong(put.device().addressKey());
        entries.writeBoolean(put.device().hasReturnedCookie());
        addState(put.state(), put.mark(), put.agoMillis());
      } else if (entry instanceof Entry.Moved moved) {
        entries.writeByte(MOVED);
        writeNumber(entries, moved.number());
        addState(moved.state(), moved.mark(), moved.agoMillis());
      } else if (entry instanceof Entry.Retired retired) {
        entries.writeByte(RETIRED);
        entries.writeLong(retired.instance());
        writeNumber(entries, retired.number());
      } else if (entry instanceof Entry.Knows knows) {
        entries.writeByte(KNOWS);
        entries.writeLong(knows.instance());
        entries.writeByte(reference(knows.doubt()));
        writeNumber(entries, knows.agoMillis());
      }
    }

    private void addState(Entry.State state, @Nullable Mark mark, long agoMillis) {
      entries.writeByte(state.code());
      entries.writeByte(reference(mark));
      writeNumber(entries, agoMillis);
    }

    private int reference(@Nullable Mark mark) {
      if (mark == null) {
        return NO_MARK;
      }
      int index = marks.indexOf(mark);
      if (index < 0) {
        marks.add(mark);
        index = marks.size() - 1;
      }
      return index + 1;
    }

    String text() {
      ByteBuf all = Unpooled.buffer(MAX_BODY_BYTES);
      all.writeByte(marks.size());
      for (Mark mark : marks) {
        all.writeLong(mark.instance());
        all.writeLong(mark.number());
        all.writeLong(mark.clockMicros());
        all.writeLong(mark.xmin());
        all.writeInt(mark.cluster());
      }
      all.writeBytes(entries);
      return Base64.getEncoder().withoutPadding().encodeToString(ByteBufUtil.getBytes(all));
    }
  }

  /**
   * Reads a body.
   *
   * @throws IllegalArgumentException or IndexOutOfBoundsException for any other text
   */
  static List<Entry> decode(String text) {
    ByteBuf body = Unpooled.wrappedBuffer(Base64.getDecoder().decode(text));
    Mark[] marks = new Mark[body.readUnsignedByte()];
    for (int i = 0; i < marks.length; i++) {
      marks[i] =
          new Mark(
              body.readLong(), body.readLong(), body.readLong(), body.readLong(), body.readInt());
    }
    List<Entry> entries = new ArrayList<>();
    while (body.isReadable()) {
      entries.add(readEntry(body, marks));
    }
    return entries;
  }

  private static Entry readEntry(ByteBuf body, Mark[] marks) {
    int kind = body.readByte();
    return switch (kind) {
      case LIVE -> new Entry.Live(required(readMark(body, marks)));
      case PUT ->
          checked(
              new Entry.Put(
                  body.readLong(),
                  readNumber(body),
                  readUserId(body),
                  new Device(body.readLong(), body.readLong(), body.readLong(), body.readBoolean()),
                  readState(body),
                  readMark(body, marks),
                  readNumber(body)));
      case MOVED ->
          checked(
              new Entry.Moved(
                  readNumber(body), readState(body), readMark(body, marks), readNumber(body)));
      case RETIRED -> new Entry.Retired(body.readLong(), readNumber(body));
      case KNOWS -> new Entry.Knows(body.readLong(), readMark(body, marks), readNumber(body));
      default -> throw new IllegalArgumentException("an entry of kind " + kind);
    };
  }

  private static int readUserId(ByteBuf body) {
    long userId = readNumber(body);
    if (userId != (int) userId) {
      throw new IllegalArgumentException("a user id of more than 32 bits");
    }
    return (int) userId;
  }

  private static Entry.Put checked(Entry.Put put) {
    check(put.state(), put.mark());
    return put;
  }

  private static Entry.Moved checked(Entry.Moved moved) {
    check(moved.state(), moved.mark());
    return moved;
  }

  private static void check(Entry.State state, @Nullable Mark mark) {
    if (state != Entry.State.HEALTHY) {
      required(mark);
    }
  }

  private static Mark required(@Nullable Mark mark) {
    if (mark == null) {
      throw new IllegalArgumentException("an entry without a mark");
    }
    return mark;
  }

  private static Entry.State readState(ByteBuf body) {
    int code = body.readByte();
    for (Entry.State state : Entry.State.values()) {
      if (state.code() == code) {
        return state;
      }
    }
    throw new IllegalArgumentException("a state " + code);
  }

  private static @Nullable Mark readMark(ByteBuf body, Mark[] marks) {
    int reference = body.readUnsignedByte();
    if (reference > marks.length) {
      throw new IllegalArgumentException("a mark " + reference + " of " + marks.length);
    }
    return reference == NO_MARK ? null : marks[reference - 1];
  }

  /** Seven bits a byte, the lowest first; the highest bit of a byte says that more follow. */
  private static void writeNumber(ByteBuf to, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      to.writeByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    to.writeByte((int) rest);
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
