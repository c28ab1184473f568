package herald.gateway.metrics;

import io.micrometer.core.instrument.Counter;

/** What instances tell each other about positions: declared and kept here. */
public final class ExchangeMeters {
  private final Counter messages;
  private final Counter chars;
  private final Counter unreadable;
  private volatile int peers;
  private volatile int positions;
  private volatile boolean isComplete;

  ExchangeMeters(MeterFactory factory) {
    messages =
        factory.counter(
            "herald.exchange.messages",
            "Notifications by which the other instances were told of positions.");
    chars = factory.counter("herald.exchange.chars", "Characters of these notifications.");
    unreadable =
        factory.counter(
            "herald.exchange.unreadable",
            "Messages on the channel of the instances that can't be read.");
    factory.gauge("herald.exchange.instances", "Other instances that are heard.", () -> peers);
    factory.gauge(
        "herald.exchange.positions",
        "Connections of other instances that are known, open or remembered.",
        () -> positions);
    factory.gauge(
        "herald.exchange.complete",
        "1 while all is known that the other instances have said, else 0.",
        () -> isComplete ? 1 : 0);
  }

  /** A message has been sent. */
  public void sent(int length) {
    messages.increment();
    chars.increment(length);
  }

  /** A message can't be read. */
  public void unreadable() {
    unreadable.increment();
  }

  /** What is known of other instances. */
  public void peers(int instances, int knownPositions, boolean complete) {
    peers = instances;
    positions = knownPositions;
    isComplete = complete;
  }
}
