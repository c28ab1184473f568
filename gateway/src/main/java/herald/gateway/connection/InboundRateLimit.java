package herald.gateway.connection;

import herald.gateway.admission.TokenBucket;
import herald.gateway.config.InboundSettings;

/** How much one client has sent, measured against what it may. One event loop. */
final class InboundRateLimit {

  /**
   * What all clients may send.
   *
   * @param bytes frame headers and all
   * @param messages messages, pings and pongs
   */
  record Buckets(TokenBucket bytes, TokenBucket messages) {
    static Buckets of(InboundSettings settings) {
      return new Buckets(
          TokenBucket.perSecond(settings.bytesPerSecond(), InboundSettings.BURST_SECONDS),
          TokenBucket.perSecond(settings.messagesPerSecond(), InboundSettings.BURST_SECONDS));
    }
  }

  private final Buckets buckets;
  private long bytesUsedUntilNanos;
  private long messagesUsedUntilNanos;

  InboundRateLimit(Buckets buckets, long nowNanos) {
    this.buckets = buckets;
    bytesUsedUntilNanos = nowNanos;
    messagesUsedUntilNanos = nowNanos;
  }

  /** Takes bytes; false if that is too much. */
  boolean takeBytes(int bytes, long nowNanos) {
    long next = buckets.bytes().take(bytesUsedUntilNanos, nowNanos, bytes);
    if (next == TokenBucket.REFUSED) {
      return false;
    }
    bytesUsedUntilNanos = next;
    return true;
  }

  /** Takes one message, ping or pong; false if that is too much. */
  boolean takeMessage(long nowNanos) {
    long next = buckets.messages().take(messagesUsedUntilNanos, nowNanos, 1);
    if (next == TokenBucket.REFUSED) {
      return false;
    }
    messagesUsedUntilNanos = next;
    return true;
  }
}
