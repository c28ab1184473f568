package herald.gateway.events;

import herald.protocol.EncodedEvent;
import herald.protocol.HashIds;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection's place in the mailbox of its user: what it has been sent and what it has
 * confirmed. A connection has no other queue.
 *
 * <p>The dispatch thread attaches it to a mailbox and then wakes the connection on its event loop;
 * from then on all but {@link #lastBatch} belongs to that loop; the dispatch thread looks at what
 * has been confirmed.
 */
public final class Cursor {
  private static final long NOTHING_TO_SETTLE = Long.MAX_VALUE;

  /** Says that the client has not said where it was. */
  public static final long NO_AFTER = Long.MIN_VALUE;

  private final int userId;
  private final long afterMicros;
  private final byte[] receiverHashId;
  private final Executor eventLoop;
  private final Runnable wake;

  private @Nullable Mailbox mailbox;
  private long next;

  /** Written by the event loop, and before that by the dispatch thread. */
  private volatile long acknowledged;

  private long settlesAt = NOTHING_TO_SETTLE;
  private boolean lost;
  private @Nullable Gap gap;
  private boolean needsReplay;

  /** The dispatch thread's note of the last batch that touched this cursor. */
  private long lastBatch = -1;

  /**
   * @param eventLoop where the connection lives
   * @param wake what to run there when there is something to read, also once when the cursor has
   *     been attached
   * @param afterMicros what the client says it has got up to, microseconds since the epoch, or
   *     {@link #NO_AFTER}
   */
  public Cursor(int userId, long afterMicros, Executor eventLoop, Runnable wake) {
    this.userId = userId;
    this.afterMicros = afterMicros;
    this.receiverHashId = HashIds.encode(userId).getBytes(StandardCharsets.US_ASCII);
    this.eventLoop = eventLoop;
    this.wake = wake;
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
   * Whether memory does not reach back to what the client said: then the database is to be read
   * before anything is sent. Event loop.
   */
  public boolean needsReplay() {
    return needsReplay;
  }

  /** The user's hash id in ASCII; not to be modified. */
  public byte[] receiverHashId() {
    return receiverHashId;
  }

  /** Where the connection lives. */
  public Executor eventLoop() {
    return eventLoop;
  }

  /** Runs the connection's wake. Event loop. */
  public void wake() {
    wake.run();
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

  /** The next event to send; null at the end of the mailbox or when the cursor is lost. */
  public @Nullable EncodedEvent peek() {
    Mailbox box = mailbox;
    if (box == null || lost || next >= box.tail()) {
      return null;
    }
    Event event = box.get(next);
    EncodedEvent encoded = event == null ? null : event.encoded();
    lost = encoded == null;
    return encoded;
  }

  /** Goes past the event that {@link #peek()} gave. Event loop. */
  public void advance() {
    next++;
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

  /** Gives the cursor its place. Dispatch thread, before the first wake. */
  void attach(
      Mailbox box, long start, boolean settles, @Nullable Gap missed, boolean needsDatabase) {
    mailbox = box;
    next = start;
    acknowledged = start;
    gap = missed;
    needsReplay = needsDatabase;
    if (settles) {
      settlesAt = box.tail();
    }
  }

  /** Whether {@code batch} touches this cursor for the first time. Dispatch thread. */
  boolean touch(long batch) {
    if (lastBatch == batch) {
      return false;
    }
    lastBatch = batch;
    return true;
  }
}
