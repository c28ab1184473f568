package herald.gateway.faults;

import herald.gateway.config.StreamSettings;
import herald.gateway.testing.TcpProxy;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What happens to the notifications by which the others reach one instance: for a while some of
 * them get lost, come late, or come twice. Any thread.
 */
final class ExchangeDisturbance {
  private static final int LONGEST_DELAY_MILLIS = 3_000;

  private final Random random;
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger late = new AtomicInteger();
  private final AtomicInteger repeated = new AtomicInteger();
  private volatile long endNanos = System.nanoTime();

  /** What becomes of a notification. */
  enum Fate {
    PASSES,
    IS_LOST,
    IS_LATE,
    IS_REPEATED
  }

  ExchangeDisturbance(long seed) {
    random = new Random(seed);
  }

  /** Something in the way of one connection to the database. */
  TcpProxy.Filter onConnection() {
    return new NotificationFilter(this);
  }

  /** Something in the way of one connection to a server of NATS. */
  TcpProxy.Filter onStreamConnection() {
    return new StreamExchangeFilter(StreamSettings.of("nats://127.0.0.1").instanceSubject(), this);
  }

  /** Begins, and ends by itself. */
  void begin(long seconds) {
    endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
  }

  /**
   * What becomes of the next notification.
   *
   * @param isMark whether it marks a place in the order of commits; such a one does not come late,
   *     because PostgreSQL delivers notifications in that order
   */
  Fate next(boolean isMark) {
    if (System.nanoTime() - endNanos >= 0) {
      return Fate.PASSES;
    }
    Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
    if (isMark && fate == Fate.IS_LATE) {
      fate = Fate.IS_LOST;
    }
    switch (fate) {
      case PASSES -> {}
      case IS_LOST -> lost.incrementAndGet();
      case IS_LATE -> late.incrementAndGet();
      case IS_REPEATED -> repeated.incrementAndGet();
    }
    return fate;
  }

  /** How late the next one comes that is late or comes again. */
  long nextDelayNanos() {
    return TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_DELAY_MILLIS));
  }

  int lost() {
    return lost.get();
  }

  int late() {
    return late.get();
  }

  int repeated() {
    return repeated.get();
  }
}
