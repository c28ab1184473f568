package herald.gateway.fanout;

import herald.gateway.device.Device;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The positions up to which ended connections of one user had confirmed, ascending. This class
 * alone decides at which of them a connection starts and which one it retires.
 *
 * <p>A connection starts at the oldest position of those whose device it may belong to ({@link
 * Device#mayFollow}). When it has confirmed all that was waiting for it, one position is retired of
 * those that are its own device's as far as anybody can tell ({@link Device#isLike}): the newest,
 * because two tabs of a browser, or two devices that look the same, have two positions, and the one
 * of the oldest may be still to come. When as many connections have confirmed as had ended, no
 * position is left. More is sent twice, nothing is missed.
 *
 * <p>Not thread-safe: it belongs to a mailbox, which is reached under the dispatch lock.
 */
final class RememberedPositions {
  /** Stands for this instance. */
  static final long HERE = 0;

  private static final Remembered[] NONE = {};

  private Remembered[] ascending = NONE;

  /** One ended connection. Compared by identity: two may have ended at the same position. */
  static final class Remembered {
    private final Mailbox mailbox;
    private final Device device;
    private final long position;
    private final long endedAtNanos;
    private final long instance;
    private final long number;
    private final @Nullable CommitPlace elsewhere;

    private Remembered(
        Mailbox mailbox,
        Device device,
        long position,
        long endedAtNanos,
        long instance,
        long number,
        @Nullable CommitPlace elsewhere) {
      this.mailbox = mailbox;
      this.device = device;
      this.position = position;
      this.endedAtNanos = endedAtNanos;
      this.instance = instance;
      this.number = number;
      this.elsewhere = elsewhere;
    }

    /** Of a connection of this instance. */
    static Remembered here(Mailbox mailbox, Cursor cursor, long position, long endedAtNanos) {
      CommitPlace owed = cursor.owed();
      return new Remembered(
          mailbox,
          cursor.device(),
          owed == null ? position : owed.position(),
          endedAtNanos,
          HERE,
          cursor.number(),
          owed);
    }

    /** Of a connection of another instance. */
    static Remembered elsewhere(Mailbox mailbox, PeerChange.Ended ended) {
      return new Remembered(
          mailbox,
          ended.device(),
          ended.place().position(),
          ended.endedAtNanos(),
          ended.instance(),
          ended.number(),
          ended.place());
    }

    /** Where the connection had been: another instance, or {@link #HERE}. */
    long instance() {
      return instance;
    }

    /** Its number among the connections of that instance. */
    long number() {
      return number;
    }

    /** The place, if it is one that another instance has named; else null. */
    @Nullable CommitPlace elsewhere() {
      return elsewhere;
    }

    /** Of places before the log only the clock tells. */
    private boolean isAfter(Remembered other) {
      return (position == other.position && elsewhere != null && other.elsewhere != null)
          ? elsewhere.clockMicros() > other.elsewhere.clockMicros()
          : position > other.position;
    }

    Device device() {
      return device;
    }

    Mailbox mailbox() {
      return mailbox;
    }

    long position() {
      return position;
    }

    long endedAtNanos() {
      return endedAtNanos;
    }
  }

  boolean isEmpty() {
    return ascending.length == 0;
  }

  /** All, ascending; not to be modified. */
  Remembered[] all() {
    return ascending;
  }

  /** The one of this connection; null if there is none. */
  @Nullable Remembered find(long instance, long number) {
    for (Remembered remembered : ascending) {
      if (remembered.instance == instance && remembered.number == number) {
        return remembered;
      }
    }
    return null;
  }

  /** The oldest of the device's own positions; null if there is none. */
  @Nullable Remembered oldestOwn(Device device) {
    for (Remembered remembered : ascending) {
      if (device.isLike(remembered.device)) {
        return remembered;
      }
    }
    return null;
  }

  /** The oldest of all, when a user has too many; only if there is one. */
  Remembered oldest() {
    return ascending[0];
  }

  int size() {
    return ascending.length;
  }

  /** Adds a position, behind those that are equal to it. */
  void add(Remembered remembered) {
    int index = ascending.length;
    Remembered[] more = Arrays.copyOf(ascending, index + 1);
    while (index > 0 && more[index - 1].isAfter(remembered)) {
      more[index] = more[index - 1];
      index--;
    }
    more[index] = remembered;
    ascending = more;
  }

  /** The newest of the device's own positions; null if there is none. */
  @Nullable Remembered newest(Device device) {
    for (int i = ascending.length - 1; i >= 0; i--) {
      if (device.isLike(ascending[i].device)) {
        return ascending[i];
      }
    }
    return null;
  }

  void remove(Remembered remembered) {
    Remembered[] others =
        Arrays.stream(ascending).filter(other -> other != remembered).toArray(Remembered[]::new);
    ascending = others.length == 0 ? NONE : others;
  }
}
