package herald.gateway.config;

/**
 * How many may come, and how fast. 0 is no limit where not said otherwise. An address of IPv6 is
 * its /64, since that is what one customer gets.
 *
 * @param connectionsPerAddress sockets of one address that are open at once
 * @param connectionsPerUser connections of one user
 * @param handshakesPerSecondPerAddress handshakes of one address, on average; ten seconds' worth
 *     may come at once
 * @param handshakesPerSecond handshakes in all, on average; one second's worth may come at once
 * @param maxLoopLagMillis an event loop that is this much behind takes no handshakes
 * @param refusalHoldMillis how long a client that is refused for want of room is held, since the
 *     published client comes back at once; 0 does not hold
 * @param maxHeld sockets held like this at once; one more is refused at once
 */
public record LimitSettings(
    int connectionsPerAddress,
    int connectionsPerUser,
    int handshakesPerSecondPerAddress,
    int handshakesPerSecond,
    int maxLoopLagMillis,
    int refusalHoldMillis,
    int maxHeld) {

  /** Checks the values. */
  public LimitSettings {
    Require.atLeast("connections per address", connectionsPerAddress, 0, "");
    Require.atLeast("connections per user", connectionsPerUser, 0, "");
    Require.atLeast("handshakes per address", handshakesPerSecondPerAddress, 0, "per second");
    Require.atLeast("handshakes", handshakesPerSecond, 0, "per second");
    Require.atLeast("max loop lag", maxLoopLagMillis, 0, "ms");
    Require.atLeast("refusal hold", refusalHoldMillis, 0, "ms");
    Require.atLeast("max held", maxHeld, 0, "");
  }

  /** The defaults of the command line. */
  public static LimitSettings defaults() {
    return new LimitSettings(2_000, 100, 100, 2_000, 500, 1_000, 10_000);
  }

  /** No limits on anybody: for tests and measurements, whose clients share an address. */
  public static LimitSettings unlimited() {
    return new LimitSettings(0, 0, 0, 0, 0, 1_000, 10_000);
  }
}
