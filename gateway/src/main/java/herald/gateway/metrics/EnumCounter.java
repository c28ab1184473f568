package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;

/** One counter for each constant of an enum, told apart by one label. Any thread. */
public final class EnumCounter<E extends Enum<E>> {
  private final Map<E, Counter> counters;

  EnumCounter(
      MeterRegistry registry,
      String name,
      String help,
      Tags labels,
      String label,
      Class<E> values) {
    counters = new EnumMap<>(values);
    for (E value : values.getEnumConstants()) {
      counters.put(
          value,
          Counter.builder(name)
              .description(help)
              .tags(labels)
              .tag(label, MeterFactory.label(value))
              .register(registry));
    }
  }

  /** Counts one. */
  public void increment(E value) {
    add(value, 1);
  }

  /** Counts several. */
  public void add(E value, long amount) {
    Counter counter = counters.get(value);
    if (counter != null) {
      counter.increment((double) amount);
    }
  }

  /** How many were counted. */
  public long count(E value) {
    Counter counter = counters.get(value);
    return counter == null ? 0 : (long) counter.count();
  }
}
