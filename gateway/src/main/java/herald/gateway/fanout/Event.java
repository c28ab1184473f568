package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way: its encoded form and whom it concerns.
 *
 * <p>The feed makes it, the log appends it under the dispatch lock and keeps it, event loops read
 * it.
 */
public final class Event {
  private static final long SHELL_BYTES = 168;

  private final long relayedAtMicros;
  private final RowOrder row;

  // Written under the dispatch lock: the audience last when the event is indexed, the encoded form
  // when the text is let go, the others before any other thread sees the event. Who reads without
  // the lock may see either form.
  private Audience audience;
  private EncodedEvent encoded;
  private long position;

  /** The next one of the same sender that is in the log and has its text. Dispatch lock. */
  private @Nullable Event nextOfSender;

  private long appendedAtNanos;

  /**
   * @param relayedAtMicros the event's timestamp, microseconds since the epoch
   * @param row where its row stands among others
   */
  public Event(EncodedEvent encoded, Audience audience, long relayedAtMicros, RowOrder row) {
    this.encoded = encoded;
    this.audience = audience;
    this.relayedAtMicros = relayedAtMicros;
    this.row = row;
  }

  /** A new event that stands at the same place and says something else. */
  public Event with(EncodedEvent other) {
    return new Event(other, audience, relayedAtMicros, row);
  }

  /** The encoded form. */
  public EncodedEvent encoded() {
    return encoded;
  }

  /** Whom it concerns, until it stands in their mailboxes; for good if it is a broadcast. */
  public Audience audience() {
    return audience;
  }

  /** The event's timestamp, microseconds since the epoch. */
  public long relayedAtMicros() {
    return relayedAtMicros;
  }

  /** About when it was committed, on the clock of {@code System.nanoTime}. */
  public long committedAtNanos() {
    return row.committedAtNanos();
  }

  /** Where its row stands among others. */
  RowOrder row() {
    return row;
  }

  /** Gives it its position in the log. Under the dispatch lock, before any other thread sees it. */
  void appendedAt(long position, long nanos) {
    this.position = position;
    appendedAtNanos = nanos;
  }

  /** It stands in the mailboxes of all it concerns: nobody will ask again. Dispatch lock. */
  void forgetAudience() {
    audience = Audience.NOBODY;
  }

  /** Its text is let go: from now on whoever reads it gets this instead. Dispatch lock. */
  void replaceBy(EncodedEvent substitute) {
    encoded = substitute;
  }

  /** The next one of the same sender that is in the log and has its text. Dispatch lock. */
  @Nullable Event nextOfSender() {
    return nextOfSender;
  }

  void setNextOfSender(@Nullable Event next) {
    nextOfSender = next;
  }

  /** Its position in the log. */
  long position() {
    return position;
  }

  long appendedAtNanos() {
    return appendedAtNanos;
  }

  long retainedBytes() {
    return SHELL_BYTES + audience.retainedBytes() + encoded.retainedBytes();
  }
}
