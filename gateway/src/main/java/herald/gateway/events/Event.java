package herald.gateway.events;

import herald.protocol.EncodedEvent;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way: its encoded form and whom it concerns.
 *
 * <p>The feed makes it, the log appends it (dispatch thread), mailboxes refer to it, event loops
 * read it. When it leaves the log its encoded form is let go, so that a mailbox which still refers
 * to it holds no more than this shell.
 */
public final class Event {
  private static final long SHELL_BYTES = 96;

  private static final Audience NOBODY = Audience.of();

  private Audience audience;
  private final long relayedAtMicros;
  private final long committedAtNanos;
  private volatile @Nullable EncodedEvent encoded;
  private long appendedAtNanos;

  /**
   * @param relayedAtMicros the event's timestamp, microseconds since the epoch
   * @param committedAtNanos about when it was committed, on the clock of {@code System.nanoTime}
   */
  public Event(
      EncodedEvent encoded, Audience audience, long relayedAtMicros, long committedAtNanos) {
    this.encoded = encoded;
    this.audience = audience;
    this.relayedAtMicros = relayedAtMicros;
    this.committedAtNanos = committedAtNanos;
  }

  /** The encoded form; null once the event has left the log. Any thread. */
  public @Nullable EncodedEvent encoded() {
    return encoded;
  }

  /** Whom it concerns; nobody once the event has left the log. Dispatch thread after appending. */
  public Audience audience() {
    return audience;
  }

  /** The event's timestamp, microseconds since the epoch. */
  public long relayedAtMicros() {
    return relayedAtMicros;
  }

  /** About when it was committed, on the clock of {@code System.nanoTime}. */
  public long committedAtNanos() {
    return committedAtNanos;
  }

  void appendedAt(long nanos) {
    appendedAtNanos = nanos;
  }

  long appendedAtNanos() {
    return appendedAtNanos;
  }

  long retainedBytes() {
    EncodedEvent form = encoded;
    return SHELL_BYTES + audience.retainedBytes() + (form == null ? 0 : form.retainedBytes());
  }

  void release() {
    audience = NOBODY;
    encoded = null;
  }
}
