package herald.gateway.feed;

import herald.gateway.config.CompletenessSettings;
import herald.gateway.exchange.Mark;
import herald.gateway.exchange.PositionExchange;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where marks stand in the event log. All instances hear a mark between the same two rpc logs, but
 * what they publish is a little behind, and a catch-up is ahead of what is heard.
 *
 * <p>A mark of this instance has been handled when all that was notified before it is in the log,
 * the blasts among it too: that is above nothing but what was committed before. For a mark of
 * another instance the end of the log at the moment when the mark is heard is early enough, since
 * what was notified later is not there yet; but around a catch-up, which finds what has not been
 * heard, that is the end of the log before the catch-up.
 *
 * <p>A row that nobody has announced stands at another place among the marks on each instance, and
 * one that has not found it yet says that all before a mark has been handled. So for some time
 * after such a row, marks of others stand before it. Any thread.
 */
final class HandledMarks {
  private static final long NOT_FROZEN = -1;

  /** While one instance finds rows that nobody announced, the others search as often. */
  private static final long SWEEPS_OF_OTHERS = 5;

  private static final long SWEEP_MILLIS = 60_000;

  private final LongSupplier tail;
  private final Handled handled;
  private final LongSupplier probesSent;
  private final long othersFindNanos;
  private final LongSupplier nanoClock;

  /** The end of the log before the catch-up at hand. Guarded by this. */
  private long frozenAt = NOT_FROZEN;

  /**
   * When a later probe has been handled, all has been heard that was on its way. Guarded by this.
   */
  private long frozenUntilAfterProbe = Long.MAX_VALUE;

  /** The end of the log before the first row that nobody announced. Guarded by this. */
  private long unannouncedAt = NOT_FROZEN;

  /** By then the others have found such rows too. Guarded by this. */
  private long unannouncedUntilNanos;

  /** Heard, and waiting for what is before them. Fetch thread. */
  private final WaitingMarks waiting = new WaitingMarks();

  /** Told of marks. */
  @FunctionalInterface
  interface Handled {
    /**
     * All that was notified before this point has been published.
     *
     * @param at the end of the log
     */
    void onHandled(FeedMark mark, long at);
  }

  /** Tells the exchange of marks. */
  static Handled toExchange(PositionExchange exchange) {
    return (mark, at) ->
        exchange.onHandled(
            new Mark(
                exchange.self(),
                mark.point().probeNumber(),
                mark.point().clockMicros(),
                mark.provedXmin(),
                mark.point().cluster().hashCode()),
            at);
  }

  /**
   * @param tail the end of the log
   * @param probesSent the number of the last probe that was sent
   * @param othersFindMillis within this time others find a row that nobody has announced
   */
  HandledMarks(
      LongSupplier tail,
      Handled handled,
      LongSupplier probesSent,
      long othersFindMillis,
      LongSupplier nanoClock) {
    this.othersFindNanos = TimeUnit.MILLISECONDS.toNanos(othersFindMillis);
    this.nanoClock = nanoClock;
    this.tail = tail;
    this.handled = handled;
    this.probesSent = probesSent;
  }

  /** Null if nobody asks for marks. */
  static @Nullable HandledMarks of(
      FeedOutput output, LongSupplier probesSent, CompletenessSettings completeness) {
    Handled handled = output.handled();
    return handled == null
        ? null
        : new HandledMarks(
            output.tail(),
            handled,
            probesSent,
            SWEEPS_OF_OTHERS * completeness.sweepIntervalMillis() + SWEEP_MILLIS,
            System::nanoTime);
  }

  /** From now on rows may be found that have not been heard. */
  synchronized void onCatchUpExpected() {
    if (frozenAt == NOT_FROZEN) {
      frozenAt = tail.getAsLong();
    }
    frozenUntilAfterProbe = Long.MAX_VALUE;
  }

  /**
   * A catch-up has ended: what it has found and was still on its way comes before the next probe.
   */
  synchronized void onCaughtUp() {
    frozenUntilAfterProbe = probesSent.getAsLong();
  }

  /** Rows that nobody has announced are about to be published. Fetch thread. */
  synchronized void onUnannounced() {
    long nowNanos = nanoClock.getAsLong();
    if (unannouncedAt == NOT_FROZEN || nowNanos - unannouncedUntilNanos > 0) {
      unannouncedAt = tail.getAsLong();
    }
    unannouncedUntilNanos = nowNanos + othersFindNanos;
  }

  private synchronized void onProbeHandled(long number) {
    if (number > frozenUntilAfterProbe) {
      frozenAt = NOT_FROZEN;
    }
  }

  /** Where a mark of another instance stands that is heard now; rather too early. */
  synchronized long position() {
    long end = frozenAt == NOT_FROZEN ? tail.getAsLong() : frozenAt;
    boolean isUnsure =
        unannouncedAt != NOT_FROZEN && nanoClock.getAsLong() - unannouncedUntilNanos <= 0;
    return isUnsure ? Math.min(end, unannouncedAt) : end;
  }

  /**
   * All rows that were notified before this point have been read. Fetch thread.
   *
   * @param rowsRead how many rows have been read
   */
  void onRead(FeedMark mark, long rowsRead) {
    waiting.add(mark, rowsRead);
  }

  /**
   * A turn of the fetch thread ends.
   *
   * @param rowsPublished how many of the first rows that were read are in the log
   */
  void onTurnEnd(long rowsPublished) {
    for (FeedMark mark = waiting.poll(rowsPublished);
        mark != null;
        mark = waiting.poll(rowsPublished)) {
      onProbeHandled(mark.point().probeNumber());
      handled.onHandled(mark, tail.getAsLong());
    }
  }
}
