package herald.gateway.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import herald.gateway.config.LimitSettings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How fast handshakes come, of each address and in all. Any thread.
 *
 * <p>An address is kept for as long as its burst lasts, and at most 100,000 are: one that had to go
 * begins anew, which the limit in all still covers.
 */
final class HandshakeRates {
  private static final int MAX_ADDRESSES = 100_000;
  private static final int ADDRESS_BURST_SECONDS = 10;
  private static final int BURST_SECONDS = 1;

  private final Rate ofAddress;
  private final Rate inAll;
  private final AtomicLong paidInAll = new AtomicLong();
  private final Cache<Long, AtomicLong> paidOfAddress =
      Caffeine.newBuilder()
          .maximumSize(MAX_ADDRESSES)
          .expireAfterAccess(Duration.ofSeconds(ADDRESS_BURST_SECONDS))
          .build();

  HandshakeRates(LimitSettings settings, long nowNanos) {
    ofAddress = Rate.perSecond(settings.handshakesPerSecondPerAddress(), ADDRESS_BURST_SECONDS);
    inAll = Rate.perSecond(settings.handshakesPerSecond(), BURST_SECONDS);
    paidInAll.set(nowNanos);
  }

  /** Takes one handshake; the address's own limit first, so that one address can't use up all. */
  @Nullable Limit take(long address, long nowNanos) {
    if (ofAddress.perSecond() > 0
        && !take(
            ofAddress, paidOfAddress.get(address, added -> new AtomicLong(nowNanos)), nowNanos)) {
      return Limit.HANDSHAKES_OF_ADDRESS;
    }
    return take(inAll, paidInAll, nowNanos) ? null : Limit.HANDSHAKES;
  }

  private static boolean take(Rate rate, AtomicLong paid, long nowNanos) {
    while (true) {
      long before = paid.get();
      long after = rate.take(before, nowNanos, 1);
      if (after == Rate.REFUSED) {
        return false;
      }
      if (paid.compareAndSet(before, after)) {
        return true;
      }
    }
  }
}
