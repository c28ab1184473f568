package herald.gateway.fanout;

import herald.gateway.events.Cursor;
import herald.gateway.metrics.PushMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The connections of one event loop that a batch touches. Filled under the dispatch lock, run by
 * the loop, in slices so that a broadcast does not keep the loop from its other work for long.
 */
final class LoopBatch {
  private static final int SLICE = 512;

  /** So many connections are approached together; their memory fits into the nearest cache. */
  private static final int GROUP = 16;

  private final PushMeters meters;
  private final LongSupplier nanoClock;
  private final List<Cursor> cursors = new ArrayList<>();

  @SuppressWarnings("UnusedVariable") // written so that the reading behind it can't be left out
  private int approached;

  LoopBatch(PushMeters meters, LongSupplier nanoClock) {
    this.meters = meters;
    this.nanoClock = nanoClock;
  }

  void add(Cursor cursor) {
    cursors.add(cursor);
  }

  /**
   * Hands the batch to its loop; nothing may be added any more.
   *
   * @param committedAtNanos when the oldest event of the batch was committed
   * @param publishedAtNanos when the feed handed the batch over
   */
  void send(Executor loop, long committedAtNanos, long publishedAtNanos) {
    for (int from = 0; from < cursors.size(); from += SLICE) {
      int begin = from;
      int end = Math.min(cursors.size(), from + SLICE);
      loop.execute(() -> run(begin, end, committedAtNanos, publishedAtNanos));
    }
  }

  private void run(int begin, int end, long committedAtNanos, long publishedAtNanos) {
    for (int from = begin; from < end; from += GROUP) {
      wake(from, Math.min(end, from + GROUP));
    }
    long nowNanos = nanoClock.getAsLong();
    meters.passed(PushMeters.Stage.WRITE, nowNanos - publishedAtNanos);
    meters.pushed(nowNanos - committedAtNanos);
  }

  private void wake(int begin, int end) {
    int sum = 0;
    for (int index = begin; index < end; index++) {
      sum += cursors.get(index).approach();
    }
    approached = sum;
    long nowNanos = nanoClock.getAsLong();
    for (int index = begin; index < end; index++) {
      cursors.get(index).wake(nowNanos);
    }
  }
}
