package herald.gateway.fanout;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * How far one client has got: how many events it has been sent, and up to which position it has
 * confirmed all that concerns it. A part of its {@link Cursor}, and of the same object, because
 * there are many and each is looked at for every broadcast.
 *
 * <p>Written under the dispatch lock until the cursor starts, and then by its event loop alone.
 */
abstract sealed class ClientProgress permits Cursor {
  static final long NOTHING_TO_RETIRE = Long.MAX_VALUE;
  private static final AtomicLongFieldUpdater<ClientProgress> ACKNOWLEDGED =
      AtomicLongFieldUpdater.newUpdater(ClientProgress.class, "acknowledged");

  private volatile long acknowledged;

  /** Where it has started. Dispatch lock. */
  private long startedAt;

  private long sent;

  /**
   * Counted here and not where they are written: what a broadcast costs is mostly the memory of
   * each connection that it touches, and this one is written for each event anyway.
   */
  private long sentBytes;

  /** Of these, those that the client's device had confirmed before. */
  private int needless;

  private long confirmed;
  private long retiresAt = NOTHING_TO_RETIRE;

  /** It will start there: counts as confirmed up to there from now on. Dispatch lock. */
  final void placeAt(CursorStart start) {
    startedAt = start.reader().position();
    acknowledged = startedAt;
    retiresAt = start.retiresAt();
  }

  /** How many events have been sent; a ping is to confirm that too. Event loop. */
  public final long sent() {
    return sent;
  }

  /** Bytes of the frames of these events. Event loop. */
  public final long sentBytes() {
    return sentBytes;
  }

  /** How many events have been sent and not been confirmed. Event loop. */
  public final long unconfirmed() {
    return sent - confirmed;
  }

  /** Where it has started. Dispatch lock. */
  final long startedAt() {
    return startedAt;
  }

  /** The position up to which the client has confirmed. Any thread. */
  public final long acknowledged() {
    return acknowledged;
  }

  /**
   * One more event is sent. Event loop.
   *
   * @param isNeedless whether the client's device had confirmed it before
   */
  final void onSent(boolean isNeedless) {
    sent++;
    if (isNeedless) {
      needless++;
    }
  }

  /**
   * How many of the events that have been sent the client's device was known to have confirmed.
   * Event loop.
   */
  public final int needless() {
    return needless;
  }

  /** Events in frames of so many bytes have been sent. Event loop. */
  public final void onBytesSent(long bytes) {
    sentBytes += bytes;
  }

  /** Events for others were passed, up to this position. Event loop. */
  final void onPassed(long position) {
    if (sent == confirmed) {
      // What concerned others has not to be confirmed.
      ACKNOWLEDGED.lazySet(this, position);
    }
  }

  /**
   * The client has confirmed what it had been sent. Event loop.
   *
   * @param at the position then
   * @param sentThen what {@link #sent()} was then
   * @param position the position now
   * @return whether this confirms, for the first time, all that waited when the connection began
   */
  final boolean onConfirmed(long at, long sentThen, long position) {
    confirmed = Math.max(confirmed, sentThen);
    // When nothing is left to confirm, what concerned others has not to be either.
    long reached = confirmed == sent ? position : at;
    if (reached > acknowledged) {
      acknowledged = reached;
    }
    if (acknowledged < retiresAt) {
      return false;
    }
    retiresAt = NOTHING_TO_RETIRE;
    return true;
  }

  /**
   * Whether a remembered position still waits for this client's confirmation. Under the dispatch
   * lock, when the cursor has ended.
   */
  final boolean isToRetire() {
    return retiresAt != NOTHING_TO_RETIRE;
  }
}
