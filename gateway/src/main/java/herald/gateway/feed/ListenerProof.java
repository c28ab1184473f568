package herald.gateway.feed;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import herald.gateway.metrics.FeedMeters;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the listener's connection has proved that notifications arrive. The listener's thread
 * waits here for probes and for losses; the connection's thread, or another that has noticed, tells
 * of them. Any thread.
 */
final class ListenerProof {
  private final FeedMeters meters;
  private final LongSupplier nanoClock;

  @GuardedBy("this")
  private ListenerState state = ListenerState.LOST;

  /** Whether a proved connection has been lost, and none has been proved since. */
  @GuardedBy("this")
  private boolean isAway;

  @GuardedBy("this")
  private long awaySinceNanos;

  @GuardedBy("this")
  private long awayNanos;

  /** Counts the connections, so that a late word of an old one is told apart. */
  @GuardedBy("this")
  private long connectionNumber;

  @GuardedBy("this")
  private long probesReturned;

  ListenerProof(FeedMeters meters) {
    this(meters, System::nanoTime);
  }

  /** One that goes by the given clock. */
  ListenerProof(FeedMeters meters, LongSupplier nanoClock) {
    this.meters = meters;
    this.nanoClock = nanoClock;
  }

  synchronized ListenerState state() {
    return state;
  }

  /** Another connection takes the place of the last one; its number. */
  synchronized long nextConnection() {
    return ++connectionNumber;
  }

  /** The number of the present connection. */
  synchronized long connectionNumber() {
    return connectionNumber;
  }

  /** How many probes have come back. */
  synchronized long probesReturned() {
    return probesReturned;
  }

  /**
   * A probe has come back on this connection.
   *
   * @param ifPresent done first, unless the connection has been replaced meanwhile
   */
  synchronized void onProbeReturned(long number, Runnable ifPresent) {
    if (number == connectionNumber) {
      ifPresent.run();
      probesReturned++;
      notifyAll();
    }
  }

  /** This connection is lost. */
  synchronized void onLost(long number) {
    if (number == connectionNumber) {
      become(ListenerState.LOST);
    }
  }

  /**
   * Waits until more probes have come back than those, or the connection is lost.
   *
   * @return why that will not happen, in a few words; null if it has happened
   */
  synchronized @Nullable String awaitProbe(
      long before, long deadlineNanos, ListenerConnection connection) throws InterruptedException {
    while (probesReturned == before && state != ListenerState.LOST) {
      long leftNanos = deadlineNanos - System.nanoTime();
      if (leftNanos <= 0) {
        return "no notification comes back (expected: a direct connection, without a pooler"
            + " that shares it between transactions)";
      }
      if (connection.isClosed()) {
        return "the connection was closed";
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
    return null;
  }

  /** A probe has come back in time; whether the connection is proved, and not lost meanwhile. */
  synchronized boolean prove() {
    return state == ListenerState.PROVED || become(ListenerState.PROVED);
  }

  /** How long the loss lasted that has ended since this was last asked; 0 if none has. */
  synchronized long takeAwayNanos() {
    long taken = awayNanos;
    awayNanos = 0;
    return taken;
  }

  /** Waits for so long, or until the proved connection is lost. */
  synchronized void awaitLoss(long millis) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (state == ListenerState.PROVED) {
      long leftNanos = deadlineNanos - System.nanoTime();
      if (leftNanos <= 0) {
        return;
      }
      TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
    }
  }

  /** Makes one step, if it is legal; whether it was. */
  synchronized boolean become(ListenerState next) {
    if (!state.mayBecome(next)) {
      return false;
    }
    // What fails before a connection is proved belongs to the loss before it.
    if (next == ListenerState.LOST && state == ListenerState.PROVED) {
      meters.listenerLost();
      isAway = true;
      awaySinceNanos = nanoClock.getAsLong();
    } else if (next == ListenerState.PROVED && isAway) {
      isAway = false;
      awayNanos = nanoClock.getAsLong() - awaySinceNanos;
    }
    state = next;
    notifyAll();
    return true;
  }
}
