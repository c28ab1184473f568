package herald.gateway.fanout;

import herald.gateway.device.Device;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What concerns one user, but for broadcasts: the positions of the events, the cursors of the open
 * connections, and how far the ended ones had got.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock. Readers have its ring alone.
 */
final class Mailbox {
  private static final Cursor[] NO_CURSORS = {};
  private static final PeerConnection[] NO_PEERS = {};

  private final int userId;
  private final PositionRing.Writer events;
  private final RememberedPositions remembered = new RememberedPositions();
  private Cursor[] cursors = NO_CURSORS;

  /** The connections that are open at other instances. */
  private PeerConnection[] peers = NO_PEERS;

  /** When it is to be looked at whether it can go, if nobody claims it. */
  private long lookAtNanos;

  private boolean isListed;

  /** The last batch that put something in here. */
  private long lastBatch = -1;

  Mailbox(int userId, EventLog.Writer log, long coveredSinceNanos) {
    this.userId = userId;
    events = new PositionRing.Writer(log, coveredSinceNanos);
  }

  int userId() {
    return userId;
  }

  /** The positions of the user's events. */
  PositionRing.Writer events() {
    return events;
  }

  /** The cursors of the user's open connections; not to be modified. */
  Cursor[] cursors() {
    return cursors;
  }

  /** Adds the cursor of a connection. */
  void add(Cursor cursor) {
    cursors = Arrays.copyOf(cursors, cursors.length + 1);
    cursors[cursors.length - 1] = cursor;
  }

  /** Takes a cursor out; false if it was not in. */
  boolean remove(Cursor cursor) {
    Cursor[] others =
        Arrays.stream(cursors).filter(other -> other != cursor).toArray(Cursor[]::new);
    boolean found = others.length < cursors.length;
    cursors = others.length == 0 ? NO_CURSORS : others;
    return found;
  }

  /**
   * Whether a connection is known, ended or open, here or at another instance, that was of this
   * very device as far as anybody can tell.
   */
  boolean knows(Device device) {
    for (RememberedPositions.Remembered ended : remembered.all()) {
      if (device.isLike(ended.device())) {
        return true;
      }
    }
    for (Cursor cursor : cursors) {
      if (device.isLike(cursor.device())) {
        return true;
      }
    }
    for (PeerConnection connection : peers) {
      if (device.isLike(connection.device())) {
        return true;
      }
    }
    return false;
  }

  /**
   * The farthest that a connection of this very device is known to have confirmed, as far as
   * anybody can tell; 0 if none is known.
   */
  long newestConfirmed(Device device) {
    RememberedPositions.Remembered ended = remembered.newest(device);
    long newest = ended == null ? 0 : ended.position();
    for (Cursor cursor : cursors) {
      if (device.isLike(cursor.device())) {
        newest = Math.max(newest, cursor.acknowledged());
      }
    }
    for (PeerConnection connection : peers) {
      if (device.isLike(connection.device())) {
        newest = Math.max(newest, connection.place().position());
      }
    }
    return newest;
  }

  boolean has(Cursor cursor) {
    return Arrays.asList(cursors).contains(cursor);
  }

  boolean has(RememberedPositions.Remembered position) {
    return Arrays.asList(remembered.all()).contains(position);
  }

  /** How far the user's ended connections had got. */
  RememberedPositions remembered() {
    return remembered;
  }

  /** Adds a connection that is open at another instance, or replaces what was known of it. */
  void add(PeerConnection connection) {
    remove(connection.peer().instance(), connection.number());
    peers = Arrays.copyOf(peers, peers.length + 1);
    peers[peers.length - 1] = connection;
  }

  /** Takes out a connection of another instance; null if it was not in. */
  @Nullable PeerConnection remove(long instance, long number) {
    for (PeerConnection connection : peers) {
      if (connection.is(instance, number)) {
        PeerConnection[] others =
            Arrays.stream(peers)
                .filter(other -> !other.is(instance, number))
                .toArray(PeerConnection[]::new);
        peers = others.length == 0 ? NO_PEERS : others;
        return connection;
      }
    }
    return null;
  }

  /** Whether a connection is open, or the position of an ended one is remembered. */
  boolean isClaimed() {
    return cursors.length > 0 || peers.length > 0 || !remembered.isEmpty();
  }

  /** Notes when to look whether it can go; whether it was not noted before. */
  boolean listFor(long nanos) {
    boolean isNew = !isListed;
    isListed = true;
    lookAtNanos = nanos;
    return isNew;
  }

  long lookAtNanos() {
    return lookAtNanos;
  }

  void unlist() {
    isListed = false;
  }

  /** Whether {@code batch} puts something in here for the first time. */
  boolean touch(long batch) {
    if (lastBatch == batch) {
      return false;
    }
    lastBatch = batch;
    return true;
  }

  /**
   * The oldest place that an ended or an open connection of the device, here or at another
   * instance, has not gone beyond for certain.
   *
   * @param heldFrom the first position from which on all that concerns the user is in here
   */
  Unconfirmed oldestUnconfirmed(Device device, long heldFrom) {
    Unconfirmed oldest = Unconfirmed.NONE;
    for (RememberedPositions.Remembered ended : remembered.all()) {
      if (device.mayFollow(ended.device())) {
        CommitPlace elsewhere = ended.elsewhere();
        oldest = elsewhere == null ? oldest.and(ended.position()) : oldest.and(elsewhere, heldFrom);
      }
    }
    for (Cursor cursor : cursors) {
      if (device.mayFollow(cursor.device())) {
        oldest = oldest.and(cursor.acknowledged());
      }
    }
    for (PeerConnection connection : peers) {
      if (device.mayFollow(connection.device())) {
        oldest = oldest.and(connection.place(), heldFrom);
      }
    }
    return oldest;
  }
}
