package herald.gateway.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** Event log, mailboxes and remembered positions: declared here, kept by those. */
public final class MemoryMeters {
  private final MeterFactory factory;

  MemoryMeters(MeterFactory factory) {
    this.factory = factory;
  }

  /** Declares the figures of the event log. */
  public void log(
      DoubleSupplier spanSeconds,
      DoubleSupplier bytes,
      DoubleSupplier maxBytes,
      DoubleSupplier events,
      DoubleSupplier forcedOut,
      DoubleSupplier textsForcedOut) {
    factory.gauge(
        "herald.log.span.seconds",
        "Age of the oldest event in memory.",
        MeterFactory.SECONDS,
        Tags.empty(),
        spanSeconds);
    factory.gauge(
        "herald.log.bytes",
        "Bytes of the events in memory.",
        MeterFactory.BYTES,
        Tags.empty(),
        bytes);
    factory.gauge(
        "herald.log.max.bytes",
        "Bytes that the events in memory may take.",
        MeterFactory.BYTES,
        Tags.empty(),
        maxBytes);
    factory.gauge("herald.log.events", "Events in memory.", events);
    factory.counter(
        "herald.log.forced.out",
        "Events that left memory before the horizon because the bytes did not suffice.",
        Tags.empty(),
        forcedOut);
    factory.counter(
        "herald.log.texts.forced.out",
        "Events that lost their text before the horizon because the bytes did not suffice and their"
            + " sender had more than a quarter of them.",
        Tags.empty(),
        textsForcedOut);
  }

  /** Declares the figures of users and their mailboxes. */
  public void mailboxes(DoubleSupplier mailboxes, DoubleSupplier users, DoubleSupplier cursors) {
    factory.gauge("herald.mailboxes", "Users with a mailbox, connected or not.", mailboxes);
    factory.gauge("herald.users", "Users with at least one connection.", users);
    factory.gauge("herald.cursors", "Upgraded connections.", cursors);
  }

  /** Declares the figures of ended connections. */
  public void remembered(DoubleSupplier positions, DoubleSupplier forcedOut) {
    factory.gauge(
        "herald.remembered", "Positions of ended connections that are remembered.", positions);
    factory.counter(
        "herald.remembered.forced.out",
        "Remembered positions that went before the horizon because there were too many.",
        Tags.empty(),
        forcedOut);
  }

  /** Declares the counters of connections that began with past events. */
  public <E extends Enum<E>> void replays(Class<E> sources, ToDoubleFunction<E> count) {
    for (E source : sources.getEnumConstants()) {
      factory.counter(
          "herald.replays",
          "Connections that began with events of the past, by where these came from: memory is the"
              + " last seconds or after=, remembered the position of an ended connection, database"
              + " the table.",
          Tags.of("source", MeterFactory.label(source)),
          () -> count.applyAsDouble(source));
    }
  }
}
