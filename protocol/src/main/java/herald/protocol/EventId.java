package herald.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What tells one event from all others, made of nothing but what the platform has stored: so it is
 * the same on every instance and in every replay. It leads back to the row, and does not give away
 * the row's signature.
 *
 * <p>As a text it is base64url without padding: the time in 7 bytes, the row in 8, and the part in
 * 6 if there is one.
 *
 * @param appliedAtMicros when the row was applied by its writer's clock, microseconds since the
 *     epoch, the lower 56 bits
 * @param row the first 64 bits of the SHA-256 digest of the row's signature
 * @param part which of the row's events it is, 48 bits; 0 for the one that is of no chat's own
 */
public record EventId(long appliedAtMicros, long row, long part) {
  private static final int TIME_BYTES = 7;
  private static final int ROW_BYTES = TIME_BYTES + Long.BYTES;
  private static final int PART_BYTES = 6;
  private static final long TIME_MASK = (1L << (8 * TIME_BYTES)) - 1;
  private static final long PART_MASK = (1L << (8 * PART_BYTES)) - 1;
  private static final int ROW_CHARS = ROW_BYTES / 3 * 4;
  private static final int PART_CHARS = (ROW_BYTES + PART_BYTES) / 3 * 4;

  /** The id of the event of a row, or of the first of several. */
  public static EventId of(String signature, long appliedAtMicros) {
    return new EventId(appliedAtMicros & TIME_MASK, digest(signature), 0);
  }

  /**
   * The id of one of several events of the same row.
   *
   * @param name what none of the others is called
   */
  public EventId part(String name) {
    return new EventId(appliedAtMicros, row, Math.max(1, digest(name) & PART_MASK));
  }

  /** Reads the text of an id; null if it is none. */
  public static @Nullable EventId parse(String text) {
    if (text.length() != ROW_CHARS && text.length() != PART_CHARS) {
      return null;
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
    // Padding, which the decoder takes, makes them fewer.
    if (bytes.length != text.length() / 4 * 3) {
      return null;
    }
    long part = bytes.length == ROW_BYTES ? 0 : number(bytes, ROW_BYTES, PART_BYTES);
    return bytes.length > ROW_BYTES && part == 0
        ? null
        : new EventId(number(bytes, 0, TIME_BYTES), number(bytes, TIME_BYTES, Long.BYTES), part);
  }

  private static long number(byte[] bytes, int from, int length) {
    long number = 0;
    for (int i = from; i < from + length; i++) {
      number = number << 8 | (bytes[i] & 0xFF);
    }
    return number;
  }

  /** Whether both are events of the same row. */
  public boolean isOfSameRow(EventId other) {
    return appliedAtMicros == other.appliedAtMicros && row == other.row;
  }

  /** 64 bits that tell this event from all others as well as the whole does. */
  public long key() {
    return row ^ Long.rotateLeft(part, Long.SIZE - 8 * PART_BYTES);
  }

  /** The text that clients get. */
  @Override
  public String toString() {
    ByteBuffer bytes = ByteBuffer.allocate(1 + ROW_BYTES + PART_BYTES);
    bytes.putLong(appliedAtMicros).putLong(row);
    if (part != 0) {
      bytes.putShort((short) (part >>> Integer.SIZE)).putInt((int) part);
    }
    byte[] id = new byte[bytes.position() - 1];
    System.arraycopy(bytes.array(), 1, id, 0, id.length);
    return Base64.getUrlEncoder().encodeToString(id);
  }

  private static long digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }
}
