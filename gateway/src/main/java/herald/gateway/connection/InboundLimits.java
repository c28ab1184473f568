package herald.gateway.connection;

import herald.gateway.admission.TokenBucket;
import herald.gateway.config.InboundSettings;

/**
 * How much each client may send; the same for all. {@link ClientInput} keeps the state of one
 * client's buckets.
 *
 * @param bytes all bytes that arrive, frame headers included
 * @param messages messages, pings and pongs
 * @param maxFragments fragments of one message
 */
record InboundLimits(TokenBucket bytes, TokenBucket messages, int maxFragments) {
  static InboundLimits of(InboundSettings settings) {
    return new InboundLimits(
        TokenBucket.perSecond(settings.bytesPerSecond().bytes(), InboundSettings.BURST_SECONDS),
        TokenBucket.perSecond(settings.messagesPerSecond(), InboundSettings.BURST_SECONDS),
        settings.maxFragments());
  }
}
