package herald.gateway.events;

import herald.protocol.EncodedEvent;
import herald.protocol.HashIds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One connection's place in the event log: what it has been sent and what it has confirmed. A
 * connection has no other queue.
 *
 * <p>It reads two rows of numbers in the order of the numbers: that of its user's mailbox, and the
 * wide one, of the events that concern many, where it passes over what does not concern its user.
 * Its position is a number of the log: of the events below it, all that concern the user have been
 * sent.
 *
 * <p>Under the dispatch lock it gets its place, and then it enters it on its event loop; from then
 * on it belongs to that loop, and others only look at what has been confirmed.
 */
public final class Cursor {
  private static final long NOTHING_TO_SETTLE = Long.MAX_VALUE;
  private static final int NOT_LISTED = -1;
  private static final int GONE = -2;
  private static final AtomicLongFieldUpdater<Cursor> ACKNOWLEDGED =
      AtomicLongFieldUpdater.newUpdater(Cursor.class, "acknowledged");

  /** Says that the client has not said where it was. */
  public static final long NO_AFTER = Long.MIN_VALUE;

  private final int userId;
  private final long afterMicros;
  private final byte[] receiverHashId;
  private final Executor eventLoop;
  private final CursorOwner owner;

  private @Nullable EventLog log;
  private @Nullable EventNumbers own;
  private @Nullable EventNumbers wide;
  private long nextOwn;
  private long nextWide;
  private long position;
  private long sent;
  private long confirmed;

  /** The number of the event that {@link #peek()} has found, and whether it is in the wide row. */
  private long ahead = EventNumbers.NONE;

  private boolean aheadIsWide;

  /** Whether the event loop may look at what was written under the dispatch lock. */
  private boolean entered;

  private int place = NOT_LISTED;

  /** Written by the event loop, and before that under the dispatch lock. */
  private volatile long acknowledged;

  private long settlesAt = NOTHING_TO_SETTLE;
  private boolean lost;
  private @Nullable Gap gap;

  /** Null when there is none, or all of it has been sent and none of it is to be left out again. */
  private @Nullable DatabaseReplay replay;

  /**
   * @param eventLoop where the connection lives
   * @param owner woken there when there is something to read, also once when the cursor has entered
   *     its place
   * @param afterMicros what the client says it has got up to, microseconds since the epoch, or
   *     {@link #NO_AFTER}
   */
  public Cursor(int userId, long afterMicros, Executor eventLoop, CursorOwner owner) {
    this.userId = userId;
    this.afterMicros = afterMicros;
    this.receiverHashId = HashIds.encode(userId).getBytes(StandardCharsets.US_ASCII);
    this.eventLoop = eventLoop;
    this.owner = owner;
  }

  /** The user behind the connection. */
  public int userId() {
    return userId;
  }

  /** What the client says it has got up to, or {@link #NO_AFTER}. */
  public long afterMicros() {
    return afterMicros;
  }

  /**
   * Whether memory does not reach back to what the client said, so that the database is to be asked
   * before anything is sent; true once. Event loop.
   */
  public boolean asksForReplay() {
    return replay != null && replay.ask();
  }

  /** Whether the database has still to say what comes first. Event loop. */
  public boolean awaitsReplay() {
    return replay != null && replay.isAwaited();
  }

  /** Takes the database's answer. Event loop. */
  public void replayed(List<EncodedEvent> events) {
    if (replay != null) {
      replay.answered(events);
    }
  }

  /** The user's hash id in ASCII; not to be modified. */
  public byte[] receiverHashId() {
    return receiverHashId;
  }

  /** Where the connection lives. */
  public Executor eventLoop() {
    return eventLoop;
  }

  /**
   * Notes the place in the list of its loop's cursors; false if it has been taken out already.
   * Event loop.
   */
  public boolean listAt(int index) {
    if (place == GONE) {
      return false;
    }
    place = index;
    return true;
  }

  /**
   * The place in the list, out of which it is taken for good; negative if it has none. Event loop.
   */
  public int unlist() {
    int last = place;
    place = GONE;
    return last;
  }

  /** Wakes the connection. Event loop. */
  public void wake(long nowNanos) {
    owner.wake(nowNanos);
  }

  /** Ends the connection, because something of it has failed. Event loop. */
  public void fail() {
    owner.onFailure();
  }

  /** What {@link CursorOwner#approach} says. Event loop. */
  public int approach() {
    EventNumbers numbers = own;
    return (int) (nextOwn + acknowledged)
        + owner.approach()
        + receiverHashId.length
        + (numbers == null ? 0 : (int) numbers.tail());
  }

  /** Takes the place that it has been given. Event loop, before the first wake. */
  public void enter() {
    entered = true;
  }

  /** Whether the cursor has entered its place already. Event loop. */
  public boolean hasEntered() {
    return entered;
  }

  /**
   * What the user missed for good before this connection began, once; null if nothing or already
   * taken. Event loop.
   */
  public @Nullable Gap takeGap() {
    if (!entered) {
      return null;
    }
    Gap taken = gap;
    gap = null;
    return taken;
  }

  /** Whether there is something for {@link CursorOwner#wake} to do. Event loop. */
  public boolean wantsToWake() {
    return peek() != null || lost;
  }

  /**
   * The next event to send: what the database gave, then what memory has. Null when there is none,
   * when the cursor is lost, and while the database is awaited. Event loop.
   */
  public @Nullable EncodedEvent peek() {
    if (!entered) {
      return null;
    }
    if (replay != null) {
      EncodedEvent past = replay.peek();
      if (past != null || replay.isAwaited()) {
        return past;
      }
      if (replay.isOver()) {
        replay = null;
      }
    }
    if (log == null || own == null || wide == null || lost) {
      return null;
    }
    long end = log.deliveredUntil();
    while (true) {
      long ownNumber = own.at(nextOwn);
      long wideNumber = wide.at(nextWide);
      long number = Math.min(ownNumber, wideNumber);
      if (number >= end) {
        passTo(end);
        return null;
      }
      Event event = log.get(number);
      if (event == null) {
        lost = true;
        return null;
      }
      aheadIsWide = wideNumber < ownNumber;
      boolean isConcerned = !aheadIsWide || number == ahead || event.audience().contains(userId);
      if (isConcerned && (replay == null || !replay.hasBrought(event))) {
        ahead = number;
        return event.encoded();
      }
      pass();
    }
  }

  private void pass() {
    if (aheadIsWide) {
      nextWide++;
    } else {
      nextOwn++;
    }
  }

  /** None of the events before {@code end} is still to be sent. */
  private void passTo(long end) {
    if (position != end) {
      position = end;
      if (sent == confirmed) {
        // What concerned others has not to be confirmed.
        ACKNOWLEDGED.lazySet(this, end);
      }
    }
  }

  /** Goes past the event that {@link #peek()} gave. Event loop. */
  public void advance() {
    if (replay != null && replay.isSending()) {
      replay.advance();
      return;
    }
    pass();
    position = ahead + 1;
    sent++;
  }

  /** Whether more than one event may wait. Event loop. */
  public boolean hasSeveral() {
    return (replay != null && replay.isSending()) || behind() > 1;
  }

  /** Whether what comes next has left the log, so that the connection can't go on. Event loop. */
  public boolean isLost() {
    return lost;
  }

  /** How many events are waiting that may have to be sent. Event loop. */
  public long behind() {
    return !entered || own == null || wide == null
        ? 0
        : own.tail() - nextOwn + wide.tail() - nextWide;
  }

  /** What a ping is to confirm: all that concerns the user below it has been sent. Event loop. */
  public long position() {
    return entered ? position : 0;
  }

  /** How many events have been sent; a ping is to confirm that too. Event loop. */
  public long sent() {
    return sent;
  }

  /** How many events have been sent and not been confirmed. Event loop. */
  public long unconfirmed() {
    return sent - confirmed;
  }

  /** The position up to which the client has confirmed. Any thread. */
  public long acknowledged() {
    return acknowledged;
  }

  /**
   * Takes what a pong has brought back; what was never sent is ignored. Event loop.
   *
   * @param sentThen what {@link #sent()} was at this position
   * @return whether this confirms, for the first time, all that waited when the connection began:
   *     then the dispatcher is to settle one remembered position
   */
  public boolean acknowledge(long at, long sentThen) {
    if (!entered || at > position || sentThen > sent) {
      return false;
    }
    confirmed = Math.max(confirmed, sentThen);
    // When nothing is left to confirm, what concerned others has not to be either.
    long reached = confirmed == sent ? position : at;
    if (reached > acknowledged) {
      acknowledged = reached;
    }
    if (acknowledged < settlesAt) {
      return false;
    }
    settlesAt = NOTHING_TO_SETTLE;
    return true;
  }

  /** Whether a remembered position still waits for this connection's confirmation. Event loop. */
  public boolean isUnsettled() {
    return settlesAt != NOTHING_TO_SETTLE;
  }

  /** Gives the cursor its place. Under the dispatch lock, before the first wake. */
  void attach(
      EventLog events,
      EventNumbers ownNumbers,
      long firstOwn,
      EventNumbers wideNumbers,
      long firstWide,
      boolean settles,
      @Nullable Gap missed,
      boolean needsDatabase) {
    log = events;
    own = ownNumbers;
    nextOwn = firstOwn;
    wide = wideNumbers;
    nextWide = firstWide;
    long end = events.deliveredUntil();
    position = Math.min(end, Math.min(own.at(nextOwn), wide.at(nextWide)));
    acknowledged = position;
    gap = missed;
    replay = needsDatabase ? new DatabaseReplay() : null;
    if (settles) {
      settlesAt = end;
    }
  }
}
