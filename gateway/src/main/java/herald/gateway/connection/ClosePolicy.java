package herald.gateway.connection;

import herald.gateway.config.DrainSettings;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** How a connection is let go when nothing is wrong with it. */
final class ClosePolicy {
  private static final long ENDLESS_NANOS = TimeUnit.DAYS.toNanos(365 * 100L);

  private final long confirmNanos;
  private final long maxLifetimeNanos;

  ClosePolicy(DrainSettings settings) {
    confirmNanos = TimeUnit.MILLISECONDS.toNanos(settings.confirmTimeoutMillis());
    maxLifetimeNanos = TimeUnit.MILLISECONDS.toNanos(settings.maxLifetimeMillis());
  }

  /** How long a client may take to confirm what it was sent. */
  long confirmNanos() {
    return confirmNanos;
  }

  /** The life of a new connection: random, so that those who came together don't go together. */
  long lifetimeNanos() {
    return maxLifetimeNanos == 0
        ? ENDLESS_NANOS
        : maxLifetimeNanos / 2 + ThreadLocalRandom.current().nextLong(maxLifetimeNanos / 2 + 1);
  }
}
