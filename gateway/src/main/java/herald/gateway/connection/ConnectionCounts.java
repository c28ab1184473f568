package herald.gateway.connection;

import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.Meters;
import java.util.concurrent.atomic.AtomicInteger;

/** How many sockets are open and waiting, and why others ended. Any thread. */
final class ConnectionCounts {
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger held = new AtomicInteger();
  private final EnumCounter<CloseReason> closed;
  private final EnumCounter<Refusal> refused;

  ConnectionCounts(Meters meters) {
    closed = meters.connections().closed(CloseReason.class);
    refused = meters.handshakes().refused(Refusal.class);
    meters.connections().sockets(open::get, held::get);
  }

  int opened() {
    return open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  int open() {
    return open.get();
  }

  /** Takes one of at most {@code max} places for refused sockets that are held; false if full. */
  boolean hold(int max) {
    if (held.incrementAndGet() <= max) {
      return true;
    }
    held.decrementAndGet();
    return false;
  }

  void release() {
    held.decrementAndGet();
  }

  void ended(CloseReason reason) {
    closed.increment(reason);
  }

  void refused(Refusal reason) {
    refused.increment(reason);
  }

  long refusals(Refusal reason) {
    return refused.count(reason);
  }

  long ends(CloseReason reason) {
    return closed.count(reason);
  }
}
