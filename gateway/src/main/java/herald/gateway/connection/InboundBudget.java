package herald.gateway.connection;

import herald.gateway.admission.Rate;
import herald.gateway.config.InboundSettings;

/** How much one client has sent, measured against what it may. One event loop. */
final class InboundBudget {

  /**
   * What all clients may send.
   *
   * @param bytes frame headers and all
   * @param messages messages, pings and pongs
   */
  record Rates(Rate bytes, Rate messages) {
    static Rates of(InboundSettings settings) {
      return new Rates(
          Rate.perSecond(settings.bytesPerSecond(), InboundSettings.BURST_SECONDS),
          Rate.perSecond(settings.messagesPerSecond(), InboundSettings.BURST_SECONDS));
    }
  }

  private final Rates rates;
  private long paidBytesNanos;
  private long paidMessagesNanos;

  InboundBudget(Rates rates, long nowNanos) {
    this.rates = rates;
    paidBytesNanos = nowNanos;
    paidMessagesNanos = nowNanos;
  }

  /** Takes bytes; false if that is too much. */
  boolean takeBytes(int bytes, long nowNanos) {
    long paid = rates.bytes().take(paidBytesNanos, nowNanos, bytes);
    if (paid == Rate.REFUSED) {
      return false;
    }
    paidBytesNanos = paid;
    return true;
  }

  /** Takes one message, ping or pong; false if that is too much. */
  boolean takeMessage(long nowNanos) {
    long paid = rates.messages().take(paidMessagesNanos, nowNanos, 1);
    if (paid == Rate.REFUSED) {
      return false;
    }
    paidMessagesNanos = paid;
    return true;
  }
}
