package herald.gateway.fanout;

import herald.gateway.supervision.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The connections that the events being published concern, by event loop: each loop is told once
 * for all of them. A broadcast concerns all, so that nobody has to list them.
 *
 * <p>Not thread-safe: it is reached only through a field that the dispatch lock guards.
 */
final class Batch {
  private final Function<Executor, LoopCursors> loops;
  private final CursorFailures failures;
  private final Map<Executor, LoopBatch> byLoop = new HashMap<>();

  /** Grows from batch to batch. */
  private long number;

  /**
   * @param loops gives the cursors of an event loop
   */
  Batch(Function<Executor, LoopCursors> loops, CursorFailures failures) {
    this.loops = loops;
    this.failures = failures;
  }

  /** The next batch begins. */
  void begin() {
    number++;
  }

  /** The batch has put something into this mailbox; never throws. */
  void touch(Mailbox mailbox) {
    if (mailbox.touch(number)) {
      for (Cursor cursor : mailbox.cursors()) {
        try {
          loopBatch(cursor.eventLoop()).touched.add(cursor);
        } catch (Throwable e) {
          failures.onFailure(Place.HAND_OVER, cursor, e);
        }
      }
    }
  }

  private LoopBatch loopBatch(Executor eventLoop) {
    LoopBatch batch = byLoop.get(eventLoop);
    if (batch == null) {
      batch = new LoopBatch(loops.apply(eventLoop));
      byLoop.put(eventLoop, batch);
    }
    return batch;
  }

  /** Those of an event loop that have been touched and not been sent; not to be modified. */
  List<Cursor> touched(Executor eventLoop) {
    return loopBatch(eventLoop).touched;
  }

  /** Has the cursor start on its event loop; from then on broadcasts reach it too. */
  void start(Cursor cursor, CursorStart start) {
    loopBatch(cursor.eventLoop()).loop.start(cursor, start);
  }

  /**
   * Has each loop wake those that were touched; never throws. A loop that can't be told is told
   * with the next batch, for this one too.
   *
   * @param everybody whether all connections may be concerned
   * @param committedAtNanos when the oldest event of the batch was committed
   * @param publishedAtNanos when the feed handed the batch over
   */
  void send(boolean everybody, long committedAtNanos, long publishedAtNanos) {
    for (LoopBatch batch : byLoop.values()) {
      try {
        batch.send(everybody, committedAtNanos, publishedAtNanos);
      } catch (Throwable e) {
        failures.onFailure(Place.HAND_OVER, e);
      }
    }
  }

  /** The part of one event loop. */
  private static final class LoopBatch {
    private final LoopCursors loop;

    /** Not touched any more once it has been given to the loop. */
    private List<Cursor> touched = new ArrayList<>();

    /** Whether the batch, or one that could not be sent, concerns all. */
    private boolean everybodyIsTouched;

    LoopBatch(LoopCursors loop) {
      this.loop = loop;
    }

    void send(boolean everybody, long committedAtNanos, long publishedAtNanos) {
      everybodyIsTouched |= everybody;
      if (everybodyIsTouched || !touched.isEmpty()) {
        List<Cursor> next = touched.isEmpty() ? touched : new ArrayList<>();
        if (everybodyIsTouched) {
          loop.wakeAll(committedAtNanos, publishedAtNanos);
        } else {
          loop.wake(touched, committedAtNanos, publishedAtNanos);
        }
        touched = next;
        everybodyIsTouched = false;
      }
    }
  }
}
