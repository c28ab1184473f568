package herald.gateway.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** How the write-ahead log is read, and what the server keeps of it. */
public final class WalMeters {
  private final MeterFactory factory;

  WalMeters(MeterFactory factory) {
    this.factory = factory;
  }

  /** Declares the figures of the slot; only who reads one has them. */
  public <E extends Enum<E>> void slot(
      Class<E> states,
      Supplier<E> state,
      DoubleSupplier lagBytes,
      DoubleSupplier retainedBytes,
      DoubleSupplier lagSeconds,
      DoubleSupplier losses) {
    factory.counter(
        "herald.wal.slot.losses",
        "Times the replication slot was found invalidated: the server has removed log that had not"
            + " been read.",
        Tags.empty(),
        losses);
    factory.gauge(
        "herald.wal.lag",
        "How far the slot's confirmed position is behind the end of the write-ahead log.",
        MeterFactory.BYTES,
        Tags.empty(),
        lagBytes);
    factory.gauge(
        "herald.wal.retained",
        "What the server keeps of the write-ahead log for the slot.",
        MeterFactory.BYTES,
        Tags.empty(),
        retainedBytes);
    factory.gauge(
        "herald.wal.lag.time",
        "The age of what was committed last before the slot's confirmed position; about a second"
            + " while all is well.",
        MeterFactory.SECONDS,
        Tags.empty(),
        lagSeconds);
    for (E value : states.getEnumConstants()) {
      factory.gauge(
          "herald.wal.status",
          "1 for what the server says of the log that the slot needs (wal_status), 0 for the"
              + " others; absent if there is no slot, unknown while the server does not answer.",
          "",
          Tags.of("status", MeterFactory.label(value)),
          () -> state.get() == value ? 1 : 0);
    }
  }
}
