package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The forms in which the gateway declares a meter: name, unit and help text in one call. */
final class MeterFactory {
  static final String BYTES = "bytes";
  static final String SECONDS = "seconds";

  private static final Duration[] TIME_BUCKETS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
  };

  private final MeterRegistry registry;
  private final @Nullable List<Gauge> declared;

  MeterFactory(MeterRegistry registry) {
    this(registry, null);
  }

  /**
   * The same for a part that ends before the gateway does.
   *
   * @param declared gets the gauges that are declared
   */
  MeterFactory(MeterRegistry registry, @Nullable List<Gauge> declared) {
    this.registry = registry;
    this.declared = declared;
  }

  Counter counter(String name, String help) {
    return counter(name, help, Tags.empty());
  }

  Counter counter(String name, String help, Tags labels) {
    return Counter.builder(name).description(help).tags(labels).register(registry);
  }

  /** A counter of bytes that somebody else keeps. */
  void byteCounter(String name, String help, DoubleSupplier count) {
    FunctionCounter.builder(name, count, ignored -> count.getAsDouble())
        .description(help)
        .baseUnit(BYTES)
        .register(registry);
  }

  /** A counter that somebody else keeps and that is read when it is scraped. */
  void counter(String name, String help, Tags labels, DoubleSupplier count) {
    // The lambda holds what Micrometer itself would hold only weakly.
    FunctionCounter.builder(name, count, ignored -> count.getAsDouble())
        .description(help)
        .tags(labels)
        .register(registry);
  }

  <E extends Enum<E>> EnumCounter<E> counters(
      String name, String help, Tags labels, String label, Class<E> values) {
    return new EnumCounter<>(registry, name, help, labels, label, values);
  }

  /** A time, as a histogram. */
  Timer timer(String name, String help, Tags labels) {
    return Timer.builder(name)
        .description(help)
        .tags(labels)
        .serviceLevelObjectives(TIME_BUCKETS)
        .register(registry);
  }

  Timer timer(String name, String help) {
    return timer(name, help, Tags.empty());
  }

  /** A figure that is read when it is scraped; reading must be cheap. */
  void gauge(String name, String help, DoubleSupplier value) {
    gauge(name, help, "", Tags.empty(), value);
  }

  /**
   * A figure with a unit and labels.
   *
   * @param unit empty for a number of things
   */
  void gauge(String name, String help, String unit, Tags labels, DoubleSupplier value) {
    Gauge gauge =
        Gauge.builder(name, value::getAsDouble)
            .description(help)
            .baseUnit(unit.isEmpty() ? null : unit)
            .tags(labels)
            .strongReference(true)
            .register(registry);
    if (declared != null) {
      declared.add(gauge);
    }
  }

  /** How an enum's constant stands in a label. */
  static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
