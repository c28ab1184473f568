package herald.gateway.config;

/**
 * What a client may send, which is thrown away. 0 is no limit; over it a connection is closed with
 * 1008. Rates are averages: ten seconds' worth may come at once.
 *
 * @param bytesPerSecond bytes, frame headers and all
 * @param messagesPerSecond messages, pings and pongs
 * @param maxFragments fragments of one message
 */
public record InboundSettings(int bytesPerSecond, int messagesPerSecond, int maxFragments) {

  /** How many seconds' worth may come at once. */
  public static final int BURST_SECONDS = 10;

  /** Checks the values. */
  public InboundSettings {
    Require.atLeast("inbound bytes", bytesPerSecond, 0, "per second");
    Require.atLeast("inbound messages", messagesPerSecond, 0, "per second");
    Require.atLeast("max fragments", maxFragments, 1, "");
  }

  /** The defaults of the command line. */
  public static InboundSettings defaults() {
    return new InboundSettings(256 * 1024, 100, 20_000);
  }

  /** No limits: for tests and measurements. */
  public static InboundSettings unlimited() {
    return new InboundSettings(0, 0, Integer.MAX_VALUE);
  }
}
