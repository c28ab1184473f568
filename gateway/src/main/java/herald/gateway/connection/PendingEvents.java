package herald.gateway.connection;

import herald.gateway.events.Cursor;
import herald.gateway.events.Replay;
import herald.protocol.EncodedEvent;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written to one client next: what the database gave for its {@code after=}, then
 * what its mailbox has. One event loop.
 */
final class PendingEvents {
  private final Cursor cursor;
  private boolean replayAsked;
  private @Nullable Iterator<EncodedEvent> replayed;
  private @Nullable EncodedEvent ahead;

  PendingEvents(Cursor cursor) {
    this.cursor = cursor;
  }

  /** Whether the database has to be asked; true once. */
  boolean asksForReplay() {
    if (replayAsked || !cursor.needsReplay()) {
      return false;
    }
    replayAsked = true;
    return true;
  }

  /** Whether the database has still to say what comes first. */
  boolean awaitsDatabase() {
    return cursor.needsReplay() && replayed == null;
  }

  /** The database's answer. */
  void replayed(Replay replay) {
    replayed = replay.events().iterator();
  }

  /** The next event; null if there is none now. */
  @Nullable EncodedEvent peek() {
    if (replayAsked && ahead == null) {
      if (replayed == null) {
        return null;
      }
      ahead = replayed.hasNext() ? replayed.next() : null;
    }
    return ahead == null ? cursor.peek() : ahead;
  }

  /** The event that was peeked has been written. */
  void advance() {
    if (ahead == null) {
      cursor.advance();
    } else {
      ahead = null;
    }
  }

  boolean hasSeveral() {
    return cursor.behind() > 1 || (replayed != null && replayed.hasNext());
  }
}
