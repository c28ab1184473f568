package herald.gateway.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A counter that one event loop adds to and any thread reads. Since there is only one writer,
 * adding needs no atomic operation; a reader may see it a moment late.
 */
final class SingleWriterCounter {
  private final AtomicLong sum = new AtomicLong();

  /** Adds an amount, which may be negative. Only the one event loop. */
  void add(long amount) {
    sum.setOpaque(sum.getPlain() + amount);
  }

  long get() {
    return sum.getOpaque();
  }
}
