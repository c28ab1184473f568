package herald.gateway.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * The meters of a part that ends before the gateway does and may begin again: its gauges go with
 * it, and what it has counted stays.
 */
public final class PartMeters implements AutoCloseable {
  private final MeterRegistry registry;
  private final List<Gauge> gauges = new ArrayList<>();
  private final Meters meters;

  PartMeters(MeterRegistry registry, Meters whole) {
    this.registry = registry;
    meters = new Meters(registry, whole, new MeterFactory(registry, gauges));
  }

  /** Where the part declares and counts. */
  public Meters meters() {
    return meters;
  }

  /** Takes the gauges out of what is scraped. */
  @Override
  public void close() {
    gauges.forEach(registry::remove);
    gauges.clear();
  }
}
