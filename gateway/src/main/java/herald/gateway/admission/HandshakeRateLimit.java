package herald.gateway.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import herald.gateway.config.LimitSettings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Limits the handshakes per second, of each address and in all. Any thread.
 *
 * <p>The bucket of an address is kept for as long as a burst lasts, after which it is full again
 * anyway. At most 100,000 are kept; an address whose bucket was evicted begins with a full one, and
 * the limit in all still covers it.
 */
final class HandshakeRateLimit {
  private static final int MAX_ADDRESSES = 100_000;
  private static final int ADDRESS_BURST_SECONDS = 10;
  private static final int BURST_SECONDS = 1;

  private final TokenBucket ofAddress;
  private final TokenBucket inAll;
  private final AtomicLong usedUntilInAll = new AtomicLong();
  private final Cache<Long, AtomicLong> usedUntilOfAddress =
      Caffeine.newBuilder()
          .maximumSize(MAX_ADDRESSES)
          .expireAfterAccess(Duration.ofSeconds(ADDRESS_BURST_SECONDS))
          .build();

  HandshakeRateLimit(LimitSettings settings, long nowNanos) {
    ofAddress =
        TokenBucket.perSecond(settings.handshakesPerSecondPerAddress(), ADDRESS_BURST_SECONDS);
    inAll = TokenBucket.perSecond(settings.handshakesPerSecond(), BURST_SECONDS);
    usedUntilInAll.set(nowNanos);
  }

  /**
   * Takes one handshake. The address's own limit comes first, so that one address can't use up the
   * handshakes of all.
   */
  @Nullable Limit take(long addressKey, long nowNanos) {
    if (ofAddress.perSecond() > 0
        && !take(
            ofAddress,
            usedUntilOfAddress.get(addressKey, added -> new AtomicLong(nowNanos)),
            nowNanos)) {
      return Limit.HANDSHAKES_OF_ADDRESS;
    }
    return take(inAll, usedUntilInAll, nowNanos) ? null : Limit.HANDSHAKES;
  }

  private static boolean take(TokenBucket bucket, AtomicLong usedUntil, long nowNanos) {
    while (true) {
      long before = usedUntil.get();
      long after = bucket.take(before, nowNanos, 1);
      if (after == TokenBucket.REFUSED) {
        return false;
      }
      if (usedUntil.compareAndSet(before, after)) {
        return true;
      }
    }
  }
}
