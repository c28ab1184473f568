package herald.gateway.events;

import herald.protocol.EncodedEvent;
import herald.protocol.HashIds;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection's place in the mailbox of its user: what it has been sent and what it has
 * confirmed. A connection has no other queue.
 *
 * <p>Under the dispatch lock it is attached to a mailbox, and then the connection is woken on its
 * event loop; from then on it belongs to that loop, and others only look at what has been
 * confirmed.
 */
public final class Cursor {
  private static final long NOTHING_TO_SETTLE = Long.MAX_VALUE;

  /** Says that the client has not said where it was. */
  public static final long NO_AFTER = Long.MIN_VALUE;

  private final int userId;
  private final long afterMicros;
  private final byte[] receiverHashId;
  private final Executor eventLoop;
  private final CursorOwner owner;

  private @Nullable Mailbox mailbox;
  private long next;

  /** Written by the event loop, and before that under the dispatch lock. */
  private volatile long acknowledged;

  private long settlesAt = NOTHING_TO_SETTLE;
  private boolean lost;
  private @Nullable Gap gap;

  /** Until all that the database had for the client's {@code after=} has been read. */
  private boolean replaying;

  private boolean replayAsked;
  private @Nullable Iterator<EncodedEvent> replay;
  private @Nullable EncodedEvent replayAhead;

  /**
   * @param eventLoop where the connection lives
   * @param owner woken there when there is something to read, also once when the cursor has been
   *     attached
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
    boolean asks = replaying && !replayAsked;
    replayAsked |= asks;
    return asks;
  }

  /** Whether the database has still to say what comes first. Event loop. */
  public boolean awaitsReplay() {
    return replaying && replay == null;
  }

  /** Takes the database's answer. Event loop. */
  public void replayed(List<EncodedEvent> events) {
    replay = events.iterator();
  }

  /** The user's hash id in ASCII; not to be modified. */
  public byte[] receiverHashId() {
    return receiverHashId;
  }

  /** Where the connection lives. */
  public Executor eventLoop() {
    return eventLoop;
  }

  /** Wakes the connection. Event loop. */
  public void wake(long nowNanos) {
    owner.wake(nowNanos);
  }

  /** What {@link CursorOwner#approach} says. Event loop. */
  public int approach() {
    Mailbox box = mailbox;
    return owner.approach() + receiverHashId.length + (box == null ? 0 : box.approach());
  }

  /** Whether the cursor has its place already. Event loop. */
  public boolean isAttached() {
    return mailbox != null;
  }

  /**
   * What the user missed for good before this connection began, once; null if nothing or already
   * taken. Event loop.
   */
  public @Nullable Gap takeGap() {
    Gap taken = gap;
    gap = null;
    return taken;
  }

  /**
   * The next event to send: what the database gave, then what the mailbox has. Null at the end of
   * the mailbox, when the cursor is lost, and while the database is awaited. Event loop.
   */
  public @Nullable EncodedEvent peek() {
    if (replaying) {
      EncodedEvent past = peekPast();
      if (replaying) {
        return past;
      }
    }
    Mailbox box = mailbox;
    if (box == null || lost || next >= box.tail()) {
      return null;
    }
    Event event = box.get(next);
    lost = event == null;
    return event == null ? null : event.encoded();
  }

  private @Nullable EncodedEvent peekPast() {
    if (replay != null && replayAhead == null) {
      replayAhead = replay.hasNext() ? replay.next() : null;
      replaying = replayAhead != null;
    }
    return replayAhead;
  }

  /** Goes past the event that {@link #peek()} gave. Event loop. */
  public void advance() {
    if (replaying) {
      replayAhead = null;
    } else {
      next++;
    }
  }

  /** Whether more than one event may wait. Event loop. */
  public boolean hasSeveral() {
    return replaying || behind() > 1;
  }

  /** Whether what comes next has left the log, so that the connection can't go on. Event loop. */
  public boolean isLost() {
    return lost;
  }

  /** How many events are waiting to be sent. Event loop. */
  public long behind() {
    return mailbox == null ? 0 : mailbox.tail() - next;
  }

  /** What a ping carries: all before this position has been sent. Event loop. */
  public long position() {
    return next;
  }

  /** The position up to which the client has confirmed. Any thread. */
  public long acknowledged() {
    return acknowledged;
  }

  /**
   * Takes a pong's position; one that was never sent is ignored. Event loop.
   *
   * @return whether this confirms, for the first time, all that waited when the connection began:
   *     then the dispatcher is to settle one remembered position
   */
  public boolean acknowledge(long position) {
    if (position < acknowledged || position > next) {
      return false;
    }
    acknowledged = position;
    if (position < settlesAt) {
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
      Mailbox box, long start, boolean settles, @Nullable Gap missed, boolean needsDatabase) {
    mailbox = box;
    next = start;
    acknowledged = start;
    gap = missed;
    replaying = needsDatabase;
    if (settles) {
      settlesAt = box.tail();
    }
  }
}
