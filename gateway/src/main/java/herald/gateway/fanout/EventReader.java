package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events that concern one user: first what the database has of the past, if it is asked,
 * then those of the log in its order: the ones of the user's mailbox, and of the broadcasts the
 * ones whose audience has the user.
 *
 * <p>Made under the dispatch lock; the cursor's event loop gets it when the cursor starts, and from
 * then on it belongs to that loop alone.
 */
final class EventReader {
  private final EventLog log;
  private final int userId;
  private final PositionRing own;
  private final PositionRing broadcasts;
  private final long confirmedBelow;
  private long nextOwn;
  private long nextBroadcast;
  private long position;

  /** The position of the event that {@link #peek()} has found, and where it stands. */
  private long ahead = PositionRing.NONE;

  private boolean aheadIsBroadcast;
  private boolean lost;

  /** Null when there is none, or all of it has been sent and none of it is to be left out again. */
  private @Nullable DatabaseReplay replay;

  /**
   * @param own the user's mailbox
   * @param nextOwn the index there to begin with
   * @param broadcasts the broadcast index
   * @param nextBroadcast the index there to begin with
   * @param confirmedBelow the position below which the client's device is known to have confirmed
   * @param replay what the database is to be asked for; null if nothing
   */
  EventReader(
      EventLog log,
      int userId,
      PositionRing own,
      long nextOwn,
      PositionRing broadcasts,
      long nextBroadcast,
      long confirmedBelow,
      @Nullable DatabaseReplay replay) {
    this.log = log;
    this.userId = userId;
    this.own = own;
    this.nextOwn = nextOwn;
    this.broadcasts = broadcasts;
    this.nextBroadcast = nextBroadcast;
    this.confirmedBelow = confirmedBelow;
    this.replay = replay;
    position =
        Math.min(log.indexedUntil(), Math.min(own.at(nextOwn), broadcasts.at(nextBroadcast)));
  }

  /** Null when there is none, or it is over. */
  @Nullable DatabaseReplay replay() {
    return replay;
  }

  /**
   * The next event of the user; null if there is none at the moment, when the reader is lost, and
   * while the database is awaited.
   */
  @Nullable EncodedEvent peek() {
    if (replay != null) {
      EncodedEvent past = replay.peek();
      if (past != null || replay.isAwaited()) {
        return past;
      }
      if (replay.isOver()) {
        replay = null;
      }
    }
    return lost ? null : peekLog();
  }

  private @Nullable EncodedEvent peekLog() {
    long end = log.indexedUntil();
    while (true) {
      long ownPosition = own.at(nextOwn);
      long broadcastPosition = broadcasts.at(nextBroadcast);
      long next = Math.min(ownPosition, broadcastPosition);
      if (next >= end) {
        position = end;
        return null;
      }
      Event event = log.get(next);
      if (event == null) {
        lost = true;
        return null;
      }
      aheadIsBroadcast = broadcastPosition < ownPosition;
      boolean isConcerned = !aheadIsBroadcast || next == ahead || event.audience().contains(userId);
      if (isConcerned && (replay == null || !replay.hasBrought(event))) {
        ahead = next;
        return event.encoded();
      }
      pass();
    }
  }

  /** The position of the event of the log that {@link #peek()} gave. */
  long ahead() {
    return ahead;
  }

  private void pass() {
    if (aheadIsBroadcast) {
      nextBroadcast++;
    } else {
      nextOwn++;
    }
  }

  /**
   * Goes past the event that {@link #peek()} gave.
   *
   * @return whether the client's device was known to have confirmed it before; of what the database
   *     has brought that is not known
   */
  boolean advance() {
    if (replay != null && replay.isSending()) {
      replay.advance();
      return false;
    }
    pass();
    position = ahead + 1;
    return ahead < confirmedBelow;
  }

  /** Whether more than one event may wait. */
  boolean hasSeveral() {
    return (replay != null && replay.isSending()) || waiting() > 1;
  }

  /** All events of the user below it have been passed. */
  long position() {
    return position;
  }

  /** Whether what comes next has left the log. */
  boolean isLost() {
    return lost;
  }

  /** How many events are waiting that may concern the user. */
  long waiting() {
    return own.tail() - nextOwn + broadcasts.tail() - nextBroadcast;
  }

  /** Reads what {@link #peek()} will read: {@link CursorOwner#prefetch}. */
  int prefetch() {
    return (int) (nextOwn + own.tail());
  }
}
