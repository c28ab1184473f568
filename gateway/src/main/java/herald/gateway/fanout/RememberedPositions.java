package herald.gateway.fanout;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The positions up to which ended connections of one user had confirmed, ascending. This class
 * alone decides at which of them a connection starts and which one it retires.
 *
 * <p>A new connection can't be matched with the device that it comes from. So it starts at the
 * oldest position, and when it has confirmed all that was waiting for it, one position is retired:
 * the newest, because the device of the oldest may be still to come. When as many connections have
 * confirmed as had ended, no position is left. More is sent twice, nothing is missed.
 *
 * <p>Not thread-safe: it belongs to a mailbox, which is reached under the dispatch lock.
 */
final class RememberedPositions {
  private static final Remembered[] NONE = {};

  private Remembered[] ascending = NONE;

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
    return ascending.length == 0;
  }

  /** The oldest position; {@code otherwise} if none is remembered. */
  long oldest(long otherwise) {
    return isEmpty() ? otherwise : ascending[0].position;
  }

  /** Adds a position, behind those that are equal to it. */
  void add(Remembered remembered) {
    int index = ascending.length;
    Remembered[] more = Arrays.copyOf(ascending, index + 1);
    while (index > 0 && more[index - 1].position > remembered.position) {
      more[index] = more[index - 1];
      index--;
    }
    more[index] = remembered;
    ascending = more;
  }

  /** Takes the newest position away and returns it; null if there is none. */
  @Nullable Remembered retire() {
    if (isEmpty()) {
      return null;
    }
    Remembered newest = ascending[ascending.length - 1];
    remove(newest);
    return newest;
  }

  void remove(Remembered remembered) {
    Remembered[] others =
        Arrays.stream(ascending).filter(other -> other != remembered).toArray(Remembered[]::new);
    ascending = others.length == 0 ? NONE : others;
  }
}
