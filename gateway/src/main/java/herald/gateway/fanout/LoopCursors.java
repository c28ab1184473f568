package herald.gateway.fanout;

import herald.gateway.events.Cursor;
import herald.gateway.metrics.PushMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The connections of one event loop, and those of them that the batch at hand touches. A broadcast
 * touches all: then nobody has to list them.
 *
 * <p>The loop lists its connections and wakes them, in slices so that a broadcast does not keep it
 * from its other work for long. The batch is put together under the dispatch lock.
 */
final class LoopCursors {
  private static final int SLICE = 512;

  /** So many connections are approached together; their memory fits into the nearest cache. */
  private static final int GROUP = 16;

  private final Executor loop;
  private final PushMeters meters;
  private final LongSupplier nanoClock;

  /** Those that have their place, in no order. Event loop. */
  private final List<Cursor> all = new ArrayList<>();

  /** Under the dispatch lock, until the batch is handed to the loop. */
  private List<Cursor> touched = new ArrayList<>();

  @SuppressWarnings("UnusedVariable") // written so that the reading behind it can't be left out
  private int approached;

  LoopCursors(Executor loop, PushMeters meters, LongSupplier nanoClock) {
    this.loop = loop;
    this.meters = meters;
    this.nanoClock = nanoClock;
  }

  // ---- The loop's connections ----

  /**
   * Has a connection enter its place, with its first wake, and from then on gives it those of the
   * broadcasts. Any thread.
   */
  void enter(Cursor cursor) {
    loop.execute(
        () -> {
          cursor.enter();
          if (cursor.listAt(all.size())) {
            all.add(cursor);
            cursor.wake(nanoClock.getAsLong());
          }
        });
  }

  /** Lets a connection go, entered or not. Event loop. */
  void leave(Cursor cursor) {
    int place = cursor.unlist();
    if (place >= 0) {
      Cursor last = all.remove(all.size() - 1);
      if (last != cursor) {
        all.set(place, last);
        last.listAt(place);
      }
    }
  }

  // ---- The batch ----

  /** The batch touches this connection. Under the dispatch lock. */
  void touch(Cursor cursor) {
    touched.add(cursor);
  }

  /**
   * Hands the batch to the loop. Under the dispatch lock.
   *
   * @param everybody whether it may touch all connections
   * @param committedAtNanos when the oldest event of the batch was committed
   * @param publishedAtNanos when the feed handed the batch over
   */
  void send(boolean everybody, long committedAtNanos, long publishedAtNanos) {
    List<Cursor> cursors = everybody ? all : touched;
    if (!touched.isEmpty()) {
      touched = new ArrayList<>();
    }
    if (everybody || !cursors.isEmpty()) {
      wakeFrom(cursors, Integer.MAX_VALUE, committedAtNanos, publishedAtNanos);
    }
  }

  /**
   * Wakes a slice, and in tasks of their own the slices before it. From the end to the beginning: a
   * connection that leaves meanwhile has its place taken by the last, which has been woken, and so
   * has one that enters.
   */
  private void wakeFrom(
      List<Cursor> cursors, int to, long committedAtNanos, long publishedAtNanos) {
    loop.execute(
        () -> {
          int end = Math.min(to, cursors.size());
          int begin = Math.max(0, end - SLICE);
          if (begin > 0) {
            wakeFrom(cursors, begin, committedAtNanos, publishedAtNanos);
          }
          int woken = 0;
          for (int last = end; last > begin; last -= GROUP) {
            woken += wake(cursors, Math.max(begin, last - GROUP), last);
          }
          if (woken > 0) {
            long nowNanos = nanoClock.getAsLong();
            meters.passed(PushMeters.Stage.WRITE, nowNanos - publishedAtNanos);
            meters.pushed(nowNanos - committedAtNanos);
          }
        });
  }

  /** Wakes those of a group that have something to do, and says how many these were. */
  private int wake(List<Cursor> cursors, int begin, int end) {
    int sum = 0;
    for (int index = begin; index < end; index++) {
      sum += cursors.get(index).approach();
    }
    approached = sum;
    int woken = 0;
    long nowNanos = nanoClock.getAsLong();
    for (int index = end - 1; index >= begin; index--) {
      Cursor cursor = cursors.get(index);
      if (cursor.wantsToWake()) {
        cursor.wake(nowNanos);
        woken++;
      }
    }
    return woken;
  }
}
