package herald.gateway.exchange;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ExchangeMeters;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Messages for the other instances. What can't be sent stays, and is sent later in its order.
 * Exchange's thread.
 */
final class Outbox {
  /** Messages that are kept while they can't be sent: up to 8 MB. */
  static final int MAX_MESSAGES = 1_000;

  private final InstanceBus bus;
  private final ExchangeMeters meters;
  private final IntervalLog errors;
  private final Deque<String> messages = new ArrayDeque<>();
  private boolean hasSent;

  Outbox(InstanceBus bus, ExchangeMeters meters, IntervalLog errors) {
    this.bus = bus;
    this.meters = meters;
    this.errors = errors;
  }

  void add(Collection<String> further) {
    messages.addAll(further);
  }

  /** Sends all that there are, if the bus takes them. */
  void send() {
    if (messages.isEmpty()) {
      return;
    }
    List<String> batch = List.copyOf(messages);
    try {
      bus.send(batch);
      batch.forEach(message -> meters.sent(message.length()));
      messages.clear();
      hasSent = true;
    } catch (IOException e) {
      errors.warn("the other instances can't be told of positions: " + e.getMessage());
      if (messages.size() > MAX_MESSAGES) {
        // The others will notice that messages are missing, and ask for all there is.
        messages.clear();
      }
    }
  }

  /** Whether something has been sent: the first of all messages is the hello. */
  boolean hasSent() {
    return hasSent;
  }
}
