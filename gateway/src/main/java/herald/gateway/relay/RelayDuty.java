package herald.gateway.relay;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who publishes. A relay that reads what another one has written stands by. It takes over when it
 * has something that has not appeared, and nothing of another relay has come either, for the
 * patience; or when what it has does not appear for much longer, though another one publishes. It
 * has taken over when the engine has stored something of it, not before. Not thread-safe.
 */
final class RelayDuty {
  private static final Logger LOG = LoggerFactory.getLogger(RelayDuty.class);

  /** So many times the patience may another relay that publishes leave something out. */
  private static final int MUCH_LONGER = 5;

  /** Two that stand by do not begin in the same moment. */
  private static final double JITTER = 0.2;

  private final long patienceNanos;
  private final DoubleSupplier random;
  private final Runnable onTakenOver;
  private boolean isActive;
  private long foreignNanos;
  private long jitterNanos;

  /**
   * @param random between 0 and 1
   * @param onTakenOver called when this relay publishes from then on
   */
  RelayDuty(long patienceMillis, long nowNanos, DoubleSupplier random, Runnable onTakenOver) {
    patienceNanos = TimeUnit.MILLISECONDS.toNanos(patienceMillis);
    this.random = random;
    this.onTakenOver = onTakenOver;
    beginToWait(nowNanos);
  }

  private void beginToWait(long nowNanos) {
    foreignNanos = nowNanos;
    jitterNanos = (long) (JITTER * patienceNanos * random.getAsDouble());
  }

  boolean isActive() {
    return isActive;
  }

  /**
   * Whether this relay may publish.
   *
   * @param oldestNanos since when the first thing waits that it has to publish
   */
  boolean mayPublish(long nowNanos, long oldestNanos) {
    long longNanos = patienceNanos + jitterNanos;
    long waitedNanos = nowNanos - oldestNanos;
    return isActive
        || (waitedNanos >= longNanos && nowNanos - foreignNanos >= longNanos)
        || waitedNanos >= MUCH_LONGER * longNanos;
  }

  /** Something that another relay has written has been read. */
  void onForeign(long nowNanos) {
    if (isActive) {
      isActive = false;
      LOG.info("another relay publishes: this one stands by from now on");
    }
    beginToWait(nowNanos);
  }

  /** The engine has stored what this relay has written. */
  void onStored() {
    if (!isActive) {
      isActive = true;
      LOG.info("no other relay has published what waits: this one publishes from now on");
      onTakenOver.run();
    }
  }
}
