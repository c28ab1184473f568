package herald.gateway.connection;

import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.Meters;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/** How many sockets are open, and why connections ended. Any thread. */
final class ConnectionCounts {
  private final AtomicInteger open = new AtomicInteger();
  private final EnumCounter<CloseReason> closed;

  /**
   * @param held refused sockets that are held
   */
  ConnectionCounts(Meters meters, DoubleSupplier held) {
    closed = meters.connections().closed(CloseReason.class);
    meters.connections().sockets(open::get, held);
  }

  void opened() {
    open.incrementAndGet();
  }

  void closed() {
    open.decrementAndGet();
  }

  int open() {
    return open.get();
  }

  void ended(CloseReason reason) {
    closed.increment(reason);
  }

  long ends(CloseReason reason) {
    return closed.count(reason);
  }
}
