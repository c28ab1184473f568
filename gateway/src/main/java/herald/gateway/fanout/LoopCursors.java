package herald.gateway.fanout;

import herald.gateway.events.Cursor;
import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.Place;
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
  private final CursorFailures failures;

  /** Those that have their place, in no order. Event loop. */
  private final List<Cursor> all = new ArrayList<>();

  /** Under the dispatch lock, until the batch is handed to the loop. */
  private List<Cursor> touched = new ArrayList<>();

  /** Under the dispatch lock: whether the batch, or one that could not be sent, touches all. */
  private boolean everybodyIsTouched;

  @SuppressWarnings("UnusedVariable") // written so that the reading behind it can't be left out
  private int approached;

  LoopCursors(Executor loop, PushMeters meters, LongSupplier nanoClock, CursorFailures failures) {
    this.loop = loop;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.failures = failures;
  }

  // ---- The loop's connections ----

  /**
   * Has a connection enter its place, with its first wake, and from then on gives it those of the
   * broadcasts. Any thread.
   */
  void enter(Cursor cursor) {
    loop.execute(
        () -> {
          try {
            enterNow(cursor);
          } catch (Throwable e) {
            failures.onFailure(Place.ENTER, cursor, e);
          }
        });
  }

  private void enterNow(Cursor cursor) {
    cursor.enter();
    // Added before it notes its place: one that notes a place which it has not got would take
    // another's with it when it leaves.
    all.add(cursor);
    if (cursor.listAt(all.size() - 1)) {
      cursor.wake(nanoClock.getAsLong());
    } else {
      all.remove(all.size() - 1);
    }
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
   * Hands the batch to the loop. Under the dispatch lock. If that fails, the next batch wakes those
   * of this one too.
   *
   * @param everybody whether it may touch all connections
   * @param committedAtNanos when the oldest event of the batch was committed
   * @param publishedAtNanos when the feed handed the batch over
   */
  void send(boolean everybody, long committedAtNanos, long publishedAtNanos) {
    everybodyIsTouched |= everybody;
    List<Cursor> cursors = everybodyIsTouched ? all : touched;
    if (everybodyIsTouched || !cursors.isEmpty()) {
      List<Cursor> next = touched.isEmpty() ? touched : new ArrayList<>();
      wakeFrom(cursors, Integer.MAX_VALUE, committedAtNanos, publishedAtNanos);
      touched = next;
      everybodyIsTouched = false;
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
            try {
              wakeFrom(cursors, begin, committedAtNanos, publishedAtNanos);
            } catch (Throwable e) {
              failures.onFailure(Place.HAND_OVER, e);
              // Nobody else would wake them.
              begin = 0;
            }
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
      Cursor cursor = cursors.get(index);
      try {
        sum += cursor.approach();
      } catch (Throwable e) {
        failures.onFailure(Place.WAKE, cursor, e);
      }
    }
    approached = sum;
    int woken = 0;
    long nowNanos = nanoClock.getAsLong();
    for (int index = end - 1; index >= begin; index--) {
      Cursor cursor = cursors.get(index);
      try {
        if (cursor.wantsToWake()) {
          cursor.wake(nowNanos);
          woken++;
        }
      } catch (Throwable e) {
        failures.onFailure(Place.WAKE, cursor, e);
      }
    }
    return woken;
  }
}
