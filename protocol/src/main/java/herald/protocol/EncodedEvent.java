package herald.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One event as UTF-8 JSON, encoded once for all its receivers: a receiver's text message is {@code
 * head}, the receiver's hash id in ASCII, {@code middle}, {@code tail}.
 *
 * <p>Immutable by agreement: the arrays are shared, and nobody writes to them.
 */
public final class EncodedEvent {
  private static final byte[] NOTHING = {};

  private final byte[] head;
  private final byte[] middle;
  private final byte[] tail;

  EncodedEvent(byte[] head, byte[] middle, byte[] tail) {
    this.head = head;
    this.middle = middle;
    this.tail = tail;
  }

  EncodedEvent(byte[] head, byte[] middle) {
    this(head, middle, NOTHING);
  }

  /** What comes before the receiver's hash id. */
  public byte[] head() {
    return head;
  }

  /** What comes after the receiver's hash id. */
  public byte[] middle() {
    return middle;
  }

  /** What comes last; empty but for the messages of a blast, which share head and middle. */
  public byte[] tail() {
    return tail;
  }

  /** The bytes of the whole message for a receiver whose hash id has this many characters. */
  public int length(int hashIdLength) {
    return head.length + hashIdLength + middle.length + tail.length;
  }

  /** The bytes that this event holds in memory beyond what it shares with others. */
  public long retainedBytes() {
    return tail.length > 0 ? tail.length : head.length + middle.length;
  }

  /** Whether both are the same text for each receiver. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EncodedEvent that
        && Arrays.equals(tail, that.tail)
        && Arrays.equals(head, that.head)
        && Arrays.equals(middle, that.middle);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(tail) + Arrays.hashCode(head);
  }
}
