package herald.gateway.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.function.DoubleSupplier;

/** Whether the threads live and move, and what failed alone. */
public final class SupervisionMeters {
  private final MeterFactory factory;

  SupervisionMeters(MeterFactory factory) {
    this.factory = factory;
  }

  /** Exceptions that cost one connection, one row or one task, by where they were caught. */
  public <E extends Enum<E>> EnumCounter<E> isolatedFailures(Class<E> places) {
    return factory.counters(
        "herald.isolated.failures",
        "Exceptions that cost one connection, one row or one task alone, by where they were"
            + " caught.",
        Tags.empty(),
        "place",
        places);
  }

  /** Declares the gauges of one thread, or of one pool. */
  public void thread(
      String name, DoubleSupplier alive, DoubleSupplier turnSeconds, double longestTurnSeconds) {
    Tags labels = Tags.of("thread", name);
    factory.gauge(
        "herald.thread.alive",
        "1 while the thread lives, 0 when it has ended though nobody has told it to; of a pool 0"
            + " while no thread takes the tasks that wait.",
        "",
        labels,
        alive);
    factory.gauge(
        "herald.thread.turn.seconds",
        "How long the thread has been at the turn at hand, 0 while it has nothing to do; of a pool"
            + " its oldest task, of a timer the time since it beat.",
        MeterFactory.SECONDS,
        labels,
        turnSeconds);
    factory.gauge(
        "herald.thread.turn.longest.seconds",
        "How long a turn of the thread may take; beyond it the instance is not ready.",
        MeterFactory.SECONDS,
        labels,
        () -> longestTurnSeconds);
  }
}
