package herald.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One event as UTF-8 JSON, encoded once for all its receivers: a receiver's text message is {@code
 * head}, the receiver's hash id in ASCII, {@code middle}, {@code tail}.
 *
 * <p>Immutable by agreement: the arrays are shared, and nobody writes to them.
 */
public final class EncodedEvent {
  /** What {@link #senderUserId()} is for an event that no user has sent. */
  public static final int NO_SENDER = 0;

  private static final byte[] NOTHING = {};

  private final byte[] head;
  private final byte[] middle;
  private final byte[] tail;
  private final int senderUserId;
  private final int retainedBytes;
  private final @Nullable EventId id;

  /**
   * @param id null for what the gateway itself has to say
   * @param senderUserId {@link #NO_SENDER} if it is the gateway's own
   * @param retainedBytes what it holds in memory beyond what it shares with others
   */
  EncodedEvent(
      @Nullable EventId id,
      byte[] head,
      byte[] middle,
      byte[] tail,
      int senderUserId,
      int retainedBytes) {
    this.id = id;
    this.head = head;
    this.middle = middle;
    this.tail = tail;
    this.senderUserId = senderUserId;
    this.retainedBytes = retainedBytes;
  }

  EncodedEvent(@Nullable EventId id, byte[] head, byte[] middle, int senderUserId) {
    this(id, head, middle, NOTHING, senderUserId, head.length + middle.length);
  }

  /**
   * An event that another process has encoded; it counts all that it holds.
   *
   * @param id null for what the gateway itself has to say
   * @param tail empty but for the messages of a blast
   * @param senderUserId {@link #NO_SENDER} if it is the gateway's own
   */
  public static EncodedEvent of(
      @Nullable EventId id, byte[] head, byte[] middle, byte[] tail, int senderUserId) {
    return new EncodedEvent(
        id, head, middle, tail, senderUserId, head.length + middle.length + tail.length);
  }

  /** What tells it from all others; null for what the gateway itself has to say. */
  public @Nullable EventId id() {
    return id;
  }

  /** What comes before the receiver's hash id. */
  public byte[] head() {
    return head;
  }

  /** What comes after the receiver's hash id. */
  public byte[] middle() {
    return middle;
  }

  /** What comes last; empty but for the messages of a blast, which share head and tail. */
  public byte[] tail() {
    return tail;
  }

  /** The bytes of the whole message for a receiver whose hash id has this many characters. */
  public int length(int hashIdLength) {
    return head.length + hashIdLength + middle.length + tail.length;
  }

  /** The bytes that this event holds in memory beyond what it shares with others. */
  public long retainedBytes() {
    return retainedBytes;
  }

  /** Who has sent it, or {@link #NO_SENDER}. */
  public int senderUserId() {
    return senderUserId;
  }

  /** This text in the place of another event: under that one's id, and of no sender. */
  public EncodedEvent inPlaceOf(EncodedEvent other) {
    return new EncodedEvent(other.id, head, middle, tail, NO_SENDER, 0);
  }

  /** Whether both hold the same text in memory, as the messages of one blast do. */
  public boolean sharesTextWith(EncodedEvent other) {
    return tail.length > 0 && tail == other.tail;
  }
}
