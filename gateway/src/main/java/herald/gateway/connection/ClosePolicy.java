package herald.gateway.connection;

import herald.gateway.config.DrainSettings;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The times of an orderly end: how long a connection lives, and how long it may be drained. */
final class ClosePolicy {
  private static final long ENDLESS_NANOS = TimeUnit.DAYS.toNanos(365 * 100L);

  private final long confirmNanos;
  private final long maxLifetimeNanos;

  ClosePolicy(DrainSettings settings) {
    confirmNanos = TimeUnit.MILLISECONDS.toNanos(settings.confirmTimeoutMillis());
    maxLifetimeNanos = TimeUnit.MILLISECONDS.toNanos(settings.maxLifetimeMillis());
  }

  /** How long a client may take to confirm what it was sent, before it is closed all the same. */
  long confirmNanos() {
    return confirmNanos;
  }

  /** The lifetime of a new connection; random, so that not all that began together end together. */
  long lifetimeNanos() {
    return maxLifetimeNanos == 0
        ? ENDLESS_NANOS
        : maxLifetimeNanos / 2 + ThreadLocalRandom.current().nextLong(maxLifetimeNanos / 2 + 1);
  }
}
