package herald.gateway.connection;

import herald.gateway.admission.AdmissionPermit;
import herald.gateway.metrics.EnumCounter;
import herald.gateway.metrics.Meters;
import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/** How many sockets are open, and why connections ended. Any thread. */
final class ConnectionCounts {
  private final AtomicInteger open = new AtomicInteger();
  private final EnumCounter<CloseReason> closed;

  /**
   * @param held how many rejected sockets are held
   */
  ConnectionCounts(Meters meters, DoubleSupplier held) {
    closed = meters.connections().closed(CloseReason.class);
    meters.connections().sockets(open::get, held);
  }

  /** Counts a socket as open until it is closed; then its permit is released, too. */
  void countUntilClosed(Channel socket, AdmissionPermit permit) {
    open.incrementAndGet();
    socket
        .closeFuture()
        .addListener(
            closed -> {
              open.decrementAndGet();
              permit.release();
            });
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
