package herald.gateway.config;

/**
 * What a client may send; nothing of it is used. 0 is no limit; a connection that goes beyond a
 * limit is closed with 1008. Rates are averages: ten seconds' worth may come at once.
 *
 * @param bytesPerSecond bytes, frame headers included
 * @param messagesPerSecond messages, pings and pongs
 * @param maxFragments fragments of one message
 */
public record InboundSettings(ByteSize bytesPerSecond, int messagesPerSecond, int maxFragments) {

  /** How many seconds' worth may come at once. */
  public static final int BURST_SECONDS = 10;

  /** Checks the values. */
  public InboundSettings {
    Require.buffer("inbound bytes per second", bytesPerSecond, 0);
    Require.atLeast("inbound messages", messagesPerSecond, 0, "per second");
    Require.atLeast("max fragments", maxFragments, 1, "");
  }

  /** The defaults, which are also those of the command line. */
  public static InboundSettings defaults() {
    return new InboundSettings(ByteSize.ofKibibytes(256), 100, 20_000);
  }

  /** No limits: for tests and measurements. */
  public static InboundSettings unlimited() {
    return new InboundSettings(new ByteSize(0), 0, Integer.MAX_VALUE);
  }
}
