package herald.gateway.metrics;

import herald.gateway.tracing.PushTraces;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where the time between a commit and the write to a socket goes.
 *
 * <p>The commit's moment is not known: it is taken to be the row's {@code applied_at}, the writer's
 * clock, so what the transaction took after that and what the clocks differ is in the first stage.
 */
public final class PushMeters {
  /** The stages, in their order. */
  public enum Stage {
    /** From applied_at to the notification's arrival. */
    NOTIFICATION,
    /** Until the row is read, with the wait behind the fetch before. */
    FETCH,
    /** Until the events of its batch are encoded. */
    ENCODE,
    /** Until a loop has written a batch's events to its connections. */
    WRITE
  }

  private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
  private final Timer whole;
  private final @Nullable PushTraces traces;

  /**
   * @param traces gets the times of some batches too; null if none are wanted
   */
  PushMeters(MeterFactory factory, @Nullable PushTraces traces) {
    this.traces = traces;
    for (Stage stage : Stage.values()) {
      stages.put(
          stage,
          factory.timer(
              "herald.push.stage",
              "Where the time between a commit and the write goes: notification is applied_at to"
                  + " arrival, fetch until the row is read, encode until its batch is encoded,"
                  + " write until an event loop has written the batch.",
              Tags.of("stage", MeterFactory.label(stage))));
    }
    whole =
        factory.timer(
            "herald.push.lag",
            "From applied_at to the write, of the oldest event of each batch that an event loop"
                + " writes.");
  }

  /** Records the time of one stage; a clock that differs may make it negative. */
  public void passed(Stage stage, long nanos) {
    Timer timer = stages.get(stage);
    if (timer != null) {
      timer.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Records the last stage and the whole way of a batch that an event loop has written.
   *
   * @param committedAtNanos when its oldest event was committed
   * @param publishedAtNanos when it was published
   */
  public void written(long committedAtNanos, long publishedAtNanos, long nowNanos) {
    if (traces == null) {
      recordWritten(committedAtNanos, publishedAtNanos, nowNanos);
    } else {
      traces.onWritten(
          committedAtNanos,
          nowNanos,
          () -> recordWritten(committedAtNanos, publishedAtNanos, nowNanos));
    }
  }

  private void recordWritten(long committedAtNanos, long publishedAtNanos, long nowNanos) {
    passed(Stage.WRITE, nowNanos - publishedAtNanos);
    whole.record(Math.max(0, nowNanos - committedAtNanos), TimeUnit.NANOSECONDS);
  }

  /** The traces if the next batch is to have one; else null. */
  public @Nullable PushTraces tracesOfNext() {
    return traces != null && traces.isNext() ? traces : null;
  }
}
