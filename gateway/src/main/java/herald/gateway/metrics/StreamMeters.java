package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** What an instance reads from the stream that relays fill. */
public final class StreamMeters {
  private final MeterFactory factory;
  private final Counter messages;
  private final Counter opened;
  private final Counter gaps;
  private final Counter rewound;
  private final Counter repeated;
  private final Counter unreadable;
  private final Counter dropped;
  private final Counter fallbacks;
  private final Counter droppedAtSwitch;
  private final Timer commitToStream;
  private final Timer streamToInstance;

  StreamMeters(MeterFactory factory) {
    this.factory = factory;
    messages = factory.counter("herald.stream.events", "Events read from the stream.");
    opened =
        factory.counter(
            "herald.stream.opened",
            "Times the stream was begun to be read: at the start, and after each loss of the"
                + " engine.");
    gaps =
        factory.counter(
            "herald.stream.gaps",
            "Times messages had left the stream before they were read, or it was made anew;"
                + " everybody is told of a gap.");
    rewound =
        factory.counter(
            "herald.stream.rewound",
            "Times the engine had lost messages of the stream that this instance had read; relays"
                + " publish again what was lost.");
    repeated =
        factory.counter(
            "herald.stream.rewound.repeated",
            "Events that came again after that, and were not pushed again.");
    unreadable =
        factory.counter(
            "herald.stream.unreadable",
            "Messages of the stream that can't be read; everybody is told of a gap.");
    dropped =
        factory.counter(
            "herald.stream.parts.dropped",
            "Large events whose parts were interrupted by another relay, which publishes the event"
                + " again as a whole.");
    fallbacks =
        factory.counter(
            "herald.stream.fallbacks",
            "Times events began to come from the database's notifications because the stream was"
                + " away.");
    droppedAtSwitch =
        factory.counter(
            "herald.stream.fallback.repeated",
            "Events that one of the two sources has brought after the other, and that were not"
                + " published again.");
    commitToStream =
        factory.timer(
            "herald.stream.commit.to.stream",
            "From about the commit, by the relay's clock, until the engine had stored the event, by"
                + " its own.");
    streamToInstance =
        factory.timer(
            "herald.stream.stream.to.instance",
            "From when the engine had stored the event, by its clock, until it was read here.");
  }

  /** Declares the gauges; ready is 1 or 0. */
  public void declare(DoubleSupplier ready, DoubleSupplier markAgeSeconds) {
    factory.gauge(
        "herald.stream.ready", "1 while the stream is read and a relay fills it, else 0.", ready);
    factory.gauge(
        "herald.stream.mark.age",
        "How long ago a relay has said how far it has got, by the database's clock, which one does"
            + " each second; NaN before the first.",
        "seconds",
        Tags.empty(),
        markAgeSeconds);
  }

  /** Declares the gauge of an instance that may read the database instead; it is 1 or 0. */
  public void fallback(DoubleSupplier active) {
    factory.gauge(
        "herald.stream.fallback",
        "1 while events come from the database's notifications because the stream is away, else 0.",
        active);
  }

  /** The database's notifications are read from now on. */
  public void fellBack() {
    fallbacks.increment();
  }

  /** Events have not been published, since the other source had brought them. */
  public void droppedAtSwitch(int count) {
    droppedAtSwitch.increment(count);
  }

  /** Events have been read. */
  public void events(int count) {
    messages.increment(count);
  }

  /** An event has been read as soon as it came. */
  public void lag(long commitToStreamMicros, long streamToInstanceMicros) {
    commitToStream.record(Math.max(0, commitToStreamMicros), TimeUnit.MICROSECONDS);
    streamToInstance.record(Math.max(0, streamToInstanceMicros), TimeUnit.MICROSECONDS);
  }

  /** The stream is read from now on. */
  public void opened() {
    opened.increment();
  }

  /** Messages were missed. */
  public void gap() {
    gaps.increment();
  }

  /** The engine has lost messages that were read. */
  public void rewound() {
    rewound.increment();
  }

  /** Events that were published before that have come again. */
  public void repeated(int count) {
    repeated.increment(count);
  }

  /** The parts of an event do not go on. */
  public void partsDropped(long count) {
    dropped.increment((double) count);
  }

  /** A message can't be read. */
  public void unreadable() {
    unreadable.increment();
  }
}
