package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** What a relay publishes. Declared by relays alone. */
public final class RelayMeters {
  private final MeterFactory factory;
  private final Counter published;
  private final Counter publishedBytes;
  private final Counter dropped;
  private final Counter refused;
  private final Counter unanswered;
  private final Counter takenOver;
  private final Counter rewound;
  private final Timer publishTime;

  /** Declares the counters in {@code registry}. */
  public RelayMeters(MeterRegistry registry) {
    factory = new MeterFactory(registry);
    published = factory.counter("herald.relay.published", "Events that this relay has published.");
    publishedBytes =
        factory.counter("herald.relay.published.bytes", "Bytes that this relay has published.");
    dropped =
        factory.counter(
            "herald.relay.dropped",
            "Events that this relay has not published, since they stood in the stream already or"
                + " had come to nothing.");
    refused =
        factory.counter(
            "herald.relay.refused",
            "Publications that the engine refused, since the stream had gone on meanwhile.");
    unanswered =
        factory.counter(
            "herald.relay.unanswered",
            "Publications of which the engine did not say in time what became of them.");
    takenOver =
        factory.counter(
            "herald.relay.taken.over", "Times that this relay began to publish after standing by.");
    rewound =
        factory.counter(
            "herald.relay.stream.rewound",
            "Times the engine had lost messages of the stream that this relay had read or"
                + " published; what was lost is published again.");
    publishTime =
        factory.timer("herald.relay.publish.time", "From a publication to the engine's answer.");
  }

  /** Declares the gauges; active is 1 or 0. */
  public void state(
      DoubleSupplier active,
      DoubleSupplier queued,
      DoubleSupplier queuedBytes,
      DoubleSupplier oldestSeconds,
      DoubleSupplier end) {
    factory.gauge(
        "herald.relay.active",
        "1 while this relay publishes, 0 while it stands by or does not reach the engine.",
        active);
    factory.gauge("herald.relay.queue.events", "Events that wait to stand in the stream.", queued);
    factory.gauge(
        "herald.relay.queue.bytes",
        "About what waits to stand in the stream takes in memory.",
        queuedBytes);
    factory.gauge(
        "herald.relay.oldest.waiting.seconds",
        "For how long the oldest event, or mark, has waited to stand in the stream.",
        oldestSeconds);
    factory.gauge(
        "herald.relay.stream.end",
        "The sequence of the last message of the stream that this relay knows of.",
        end);
  }

  /** Events have been published. */
  public void published(int events, long bytes) {
    published.increment(events);
    publishedBytes.increment((double) bytes);
  }

  /** Events need not be published. */
  public void dropped(int events) {
    dropped.increment(events);
  }

  /** The engine has refused a publication. */
  public void refused() {
    refused.increment();
  }

  /** The engine has not answered a publication. */
  public void unanswered() {
    unanswered.increment();
  }

  /** This relay publishes from now on. */
  public void takenOver() {
    takenOver.increment();
  }

  /** The engine has lost what it had acknowledged. */
  public void rewound() {
    rewound.increment();
  }

  /** The engine has answered. */
  public void answered(long nanos) {
    publishTime.record(nanos, TimeUnit.NANOSECONDS);
  }
}
