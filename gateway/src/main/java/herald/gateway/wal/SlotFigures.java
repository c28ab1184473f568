package herald.gateway.wal;

import herald.gateway.metrics.WalMeters;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** What is known of the slot at the moment, for the metrics. Any thread. */
final class SlotFigures {
  private final AtomicLong losses = new AtomicLong();
  private final LongSupplier nanoClock;
  private volatile SlotState state = SlotState.UNKNOWN;
  private volatile long confirmedNanos;

  SlotFigures(WalMeters meters, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    confirmedNanos = nanoClock.getAsLong();
    meters.slot(
        SlotStatus.class,
        () -> state.status(),
        () -> state.lagBytes(),
        () -> state.retainedBytes(),
        this::lagSeconds,
        losses::get);
  }

  /** The server has answered. */
  void onState(SlotState now) {
    SlotStatus before = state.status();
    state = now;
    if (now.status() == SlotStatus.LOST && before != SlotStatus.LOST) {
      losses.incrementAndGet();
    }
  }

  /** The server does not answer. */
  void onNoAnswer() {
    // What was kept and what was lost stays so.
    if (state.status() != SlotStatus.LOST) {
      state = SlotState.UNKNOWN;
    }
  }

  /** A position has been confirmed. */
  void onConfirmed(long sentNanos) {
    confirmedNanos = sentNanos;
  }

  /** For how long nothing has been confirmed of what was committed since. */
  private double lagSeconds() {
    return Math.max(0, nanoClock.getAsLong() - confirmedNanos)
        / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
