package herald.gateway.events;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the ended connections of one user had got to, as positions in the log in ascending order.
 *
 * <p>A new connection can't be matched with the device that it comes from. So it starts at the
 * oldest position, and when it has confirmed all that was waiting for it, one position is settled:
 * the newest, because the device of the oldest may be still to come. When as many connections have
 * confirmed as had ended, nothing is left. More is sent twice, nothing is missed.
 *
 * <p>All under the dispatch lock.
 */
final class RememberedPositions {
  private final List<Remembered> ascending = new ArrayList<>(1);

  /** One ended connection. Compared by identity: two may have ended at the same position. */
  static final class Remembered {
    private final Mailbox mailbox;
    private final long position;
    private final long endedAtNanos;

    Remembered(Mailbox mailbox, long position, long endedAtNanos) {
      this.mailbox = mailbox;
      this.position = position;
      this.endedAtNanos = endedAtNanos;
    }

    Mailbox mailbox() {
      return mailbox;
    }

    long endedAtNanos() {
      return endedAtNanos;
    }
  }

  boolean isEmpty() {
    return ascending.isEmpty();
  }

  /** The oldest position; there must be one. */
  long oldest() {
    return ascending.get(0).position;
  }

  void add(Remembered remembered) {
    ascending.add(remembered);
    ascending.sort(Comparator.comparingLong(entry -> entry.position));
  }

  /** Takes the newest position away and returns it; null if there is none. */
  @Nullable Remembered settle() {
    return ascending.isEmpty() ? null : ascending.remove(ascending.size() - 1);
  }

  void remove(Remembered remembered) {
    ascending.remove(remembered);
  }
}
