package herald.gateway.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A sum that one event loop adds to and any thread reads. Adding is a plain addition: there is one
 * writer, and a reader may see it a moment late.
 */
final class SingleWriterCounter {
  private final AtomicLong sum = new AtomicLong();

  /** The one event loop. */
  void add(long amount) {
    sum.setOpaque(sum.getPlain() + amount);
  }

  long get() {
    return sum.getOpaque();
  }
}
