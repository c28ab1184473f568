package herald.gateway.fanout;

import herald.gateway.metrics.PushMeters;
import herald.gateway.supervision.Place;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The cursors of one event loop: starts them, and wakes them in slices, so that a broadcast does
 * not keep the loop from its other work for long: between two slices come the tasks that wait, and
 * what the loop's sockets have to be read or written for.
 *
 * <p>Any thread may have a cursor started or cursors woken; what these methods hand to the event
 * loop is done there, and all fields that change belong to it.
 */
final class LoopCursors {
  /** A quarter of a millisecond, if each of them is written to. A multiple of the group. */
  static final int SLICE = 64;

  /** So many connections are prefetched together; their memory fits into the nearest cache. */
  private static final int GROUP = 16;

  private final Executor loop;
  private final PushMeters meters;
  private final LongSupplier nanoClock;
  private final CursorFailures failures;

  /** Those that have started, in no order. Event loop. */
  private final List<Cursor> all = new ArrayList<>();

  /** Whether all are being woken, slice by slice. Event loop. */
  private boolean isWalking;

  /** For what all are to be woken once more when that is done; null if for nothing. Event loop. */
  private @Nullable Walk nextWalk;

  /** What all are woken for. */
  private record Walk(long committedAtNanos, long publishedAtNanos) {}

  @SuppressWarnings("UnusedVariable") // written so that the reading behind it can't be left out
  private int prefetched;

  LoopCursors(Executor loop, PushMeters meters, LongSupplier nanoClock, CursorFailures failures) {
    this.loop = loop;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.failures = failures;
  }

  // ---- The loop's cursors ----

  /** Has a cursor start, with its first wake. Any thread. */
  void start(Cursor cursor, CursorStart start) {
    loop.execute(
        () -> {
          try {
            startNow(cursor, start);
          } catch (Throwable e) {
            failures.onFailure(Place.ENTER, cursor, e);
          }
        });
  }

  private void startNow(Cursor cursor, CursorStart start) {
    // Added before it starts: one that notes an index which it has not got would take another out
    // of the list when it leaves.
    all.add(cursor);
    if (cursor.start(start, all.size() - 1)) {
      cursor.owner().onWake(nanoClock.getAsLong());
    } else {
      all.remove(all.size() - 1);
    }
  }

  /** Lets a cursor go, started or not. Event loop. */
  void leave(Cursor cursor) {
    int index = cursor.end();
    if (index >= 0) {
      Cursor last = all.remove(all.size() - 1);
      if (last != cursor) {
        all.set(index, last);
        last.movedTo(index);
      }
    }
  }

  // ---- Waking ----

  /**
   * Has all wake that have something to do. Any thread. While that is being done all further calls
   * come to one more walk: there are never more walks than the loop has time for.
   */
  void wakeAll(long committedAtNanos, long publishedAtNanos) {
    loop.execute(() -> walk(new Walk(committedAtNanos, publishedAtNanos)));
  }

  private void walk(Walk walk) {
    if (!isWalking) {
      isWalking = true;
      wakeSlice(all, Integer.MAX_VALUE, walk.committedAtNanos(), walk.publishedAtNanos());
    } else if (nextWalk == null) {
      nextWalk = walk;
    }
  }

  private void onWalked() {
    isWalking = false;
    Walk next = nextWalk;
    if (next != null) {
      nextWalk = null;
      try {
        afterOthers(() -> walk(next));
      } catch (Throwable e) {
        failures.onFailure(Place.HAND_OVER, e);
        walk(next);
      }
    }
  }

  /**
   * Has these wake, as far as they have something to do. Any thread.
   *
   * @param cursors belong to the loop from now on
   * @param committedAtNanos when the oldest event that they are woken for was committed
   * @param publishedAtNanos when the feed handed these events over
   */
  void wake(List<Cursor> cursors, long committedAtNanos, long publishedAtNanos) {
    loop.execute(() -> wakeSlice(cursors, Integer.MAX_VALUE, committedAtNanos, publishedAtNanos));
  }

  /**
   * Wakes a slice, and in tasks of their own the slices before it. From the end to the beginning: a
   * cursor that leaves meanwhile has its index taken by the last, which has been woken, and so has
   * one that starts.
   */
  private void wakeSlice(
      List<Cursor> cursors, int to, long committedAtNanos, long publishedAtNanos) {
    int end = Math.min(to, cursors.size());
    int begin = Math.max(0, end - SLICE);
    if (begin > 0) {
      int rest = begin;
      try {
        afterOthers(() -> wakeSlice(cursors, rest, committedAtNanos, publishedAtNanos));
      } catch (Throwable e) {
        failures.onFailure(Place.HAND_OVER, e);
        // Nobody else would wake them.
        begin = 0;
      }
    }
    try {
      int woken = 0;
      for (int last = end; last > begin; last -= GROUP) {
        woken += wakeGroup(cursors, Math.max(begin, last - GROUP), last);
      }
      if (woken > 0) {
        long nowNanos = nanoClock.getAsLong();
        meters.written(committedAtNanos, publishedAtNanos, nowNanos);
      }
    } finally {
      if (begin == 0 && cursors == all) {
        onWalked();
      }
    }
  }

  /**
   * Hands on to the loop's next turn. A task that is due is taken up at the beginning of a turn;
   * one that is merely added is done in the same turn, before the loop looks at its sockets again.
   */
  private void afterOthers(Runnable task) {
    if (loop instanceof EventExecutor executor) {
      var unused = executor.schedule(task, 0, TimeUnit.NANOSECONDS);
    } else {
      loop.execute(task);
    }
  }

  /** Wakes those of a group that have something to do, and says how many these were. */
  private int wakeGroup(List<Cursor> cursors, int begin, int end) {
    int sum = 0;
    for (int index = begin; index < end; index++) {
      Cursor cursor = cursors.get(index);
      try {
        sum += cursor.prefetch();
      } catch (Throwable e) {
        failures.onFailure(Place.WAKE, cursor, e);
      }
    }
    prefetched = sum;
    int woken = 0;
    long nowNanos = nanoClock.getAsLong();
    for (int index = end - 1; index >= begin; index--) {
      Cursor cursor = cursors.get(index);
      try {
        if (cursor.wantsToWake()) {
          cursor.owner().onWake(nowNanos);
          woken++;
        }
      } catch (Throwable e) {
        failures.onFailure(Place.WAKE, cursor, e);
      }
    }
    return woken;
  }
}
