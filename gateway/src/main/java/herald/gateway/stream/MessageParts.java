package herald.gateway.stream;

import herald.gateway.stream.StreamMessage.Part;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a message into parts, and puts parts together that follow one another. A set that anything
 * interrupts is dropped: whoever has interrupted it publishes the event as a whole. Reader's
 * thread.
 */
public final class MessageParts {
  /** What a relay writes as one message at most. */
  public static final int MOST_BYTES = 512 << 10;

  /** What a part has besides its slice, and the engine counts for a message. */
  private static final int ROOM_BYTES = 1_024;

  /** More than any event has, with its audience; less than an instance can't bear. */
  private static final long MAX_BYTES = 64L << 20;

  private final ByteArrayOutputStream slices = new ByteArrayOutputStream();
  private @Nullable Part last;
  private long dropped;

  /**
   * The parts of a message; the message itself if it is small enough.
   *
   * @param message as {@link StreamCodec} has encoded it
   * @param relay the relay that writes it
   * @param set tells it from other messages of this relay
   * @param maxBytes what the engine takes as one message
   */
  public static List<byte[]> cut(byte[] message, long relay, long set, int maxBytes) {
    if (message.length <= maxBytes) {
      return List.of(message);
    }
    int sliceBytes = Math.max(1, maxBytes - ROOM_BYTES);
    int count = (message.length + sliceBytes - 1) / sliceBytes;
    List<byte[]> parts = new ArrayList<>(count);
    for (int index = 0; index < count; index++) {
      int from = index * sliceBytes;
      byte[] slice = Arrays.copyOfRange(message, from, Math.min(message.length, from + sliceBytes));
      parts.add(StreamCodec.encode(new Part(relay, set, index, count, slice)));
    }
    return parts;
  }

  /**
   * Takes the next message of the stream.
   *
   * @return the message, or what its parts make with the last of them; null while parts are missing
   * @throws IllegalArgumentException if the parts make no message
   */
  public @Nullable StreamMessage take(StreamMessage message) {
    if (!(message instanceof Part part)) {
      drop();
      return message;
    }
    if (!follows(part)) {
      drop();
      if (part.index() > 0) {
        dropped++;
        return null;
      }
    }
    if (slices.size() + part.slice().length > MAX_BYTES) {
      drop();
      throw new IllegalArgumentException("a message of more than " + MAX_BYTES + " bytes in parts");
    }
    slices.writeBytes(part.slice());
    last = part;
    if (part.index() + 1 < part.count()) {
      return null;
    }
    byte[] whole = slices.toByteArray();
    slices.reset();
    last = null;
    StreamMessage made = StreamCodec.decode(whole);
    if (made instanceof Part) {
      throw new IllegalArgumentException("parts that make a part");
    }
    return made;
  }

  private boolean follows(Part part) {
    Part before = last;
    return before == null
        ? part.index() == 0
        : part.relay() == before.relay()
            && part.set() == before.set()
            && part.count() == before.count()
            && part.index() == before.index() + 1;
  }

  /** What has been gathered does not go on. */
  void drop() {
    if (last != null) {
      dropped++;
      last = null;
      slices.reset();
    }
  }

  /** Sets that were not completed. */
  long dropped() {
    return dropped;
  }
}
