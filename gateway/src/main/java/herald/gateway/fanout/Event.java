package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way: its encoded form and whom it concerns.
 *
 * <p>The feed makes it, the log appends it under the dispatch lock and keeps it, event loops read
 * it.
 */
public final class Event {
  private static final long SHELL_BYTES = 168;

  /** An entry in one mailbox: an int, in a ring that may be half empty. */
  private static final long ENTRY_BYTES = 8;

  private final long relayedAtMicros;
  private final RowOrder row;

  /** In how many mailboxes it stands. */
  private final int entries;

  // Written under the dispatch lock: the audience last when the event is indexed, the encoded form
  // when the text is let go, the others before any other thread sees the event. Who reads without
  // the lock may see either form.
  private volatile Audience audience;

  /** Instead of the audience, when the text of a broadcast has been let go. */
  private volatile @Nullable CommonAudience common;

  /** Whether the common audience is counted with this event. Dispatch lock. */
  private boolean countsCommon;

  private EncodedEvent encoded;
  private long position;

  /**
   * The text of this broadcast has been let go: its audience becomes a part of a common one.
   *
   * @param last the one before for which that was done, which is still in the log; null if none is
   */
  void joinAudience(@Nullable Event last) {
    CommonAudience shared = last == null ? null : last.common;
    if (last == null || shared == null) {
      shared = new CommonAudience(audience);
    } else {
      shared.add(audience);
      last.countsCommon = false;
    }
    common = shared;
    countsCommon = true;
    audience = Audience.NOBODY;
  }

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
    entries = audience.users().length;
  }

  /** A new event that stands at the same place and says something else. */
  public Event with(EncodedEvent other) {
    return new Event(other, audience(), relayedAtMicros, row);
  }

  /** The same event of a row whose audience or text was read beside the feed. */
  public Event beside() {
    return new Event(encoded, audience(), relayedAtMicros, row.beside());
  }

  /** The encoded form. */
  public EncodedEvent encoded() {
    return encoded;
  }

  /** Whom it concerns, until it stands in their mailboxes; for good if it is a broadcast. */
  public Audience audience() {
    // In this order: who finds that the own one has been given up finds the common one.
    Audience own = audience;
    CommonAudience shared = common;
    return shared == null ? own : shared.audience();
  }

  /** The event's timestamp, microseconds since the epoch. */
  public long relayedAtMicros() {
    return relayedAtMicros;
  }

  /**
   * When its row was applied, by the clock of who wrote the row, microseconds since the epoch:
   * readings of the table find it by this time. Of what has no row, the event's timestamp.
   */
  public long appliedAtMicros() {
    EventId id = encoded.id();
    return id == null ? relayedAtMicros : id.appliedAtMicros();
  }

  /** About when it was committed, on the clock of {@code System.nanoTime}. */
  public long committedAtNanos() {
    return row.committedAtNanos();
  }

  /** Where its row stands among others. */
  public RowOrder row() {
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
    return SHELL_BYTES + entries * ENTRY_BYTES + contentBytes();
  }

  /** What it holds of text and audience. */
  public long contentBytes() {
    CommonAudience shared = common;
    return encoded.retainedBytes()
        + audience.retainedBytes()
        + (shared == null || !countsCommon ? 0 : shared.audience().retainedBytes());
  }
}
