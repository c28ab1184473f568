package herald.gateway.config;

import java.time.Duration;

/**
 * How many clients may come, and how fast. 0 is no limit where nothing else is said. An address of
 * IPv6 stands for its /64, since that is what one customer gets.
 *
 * @param connectionsPerAddress sockets of one address that are open at once
 * @param connectionsPerUser connections of one user
 * @param handshakesPerSecondPerAddress handshakes of one address, on average; ten seconds' worth
 *     may come at once
 * @param handshakesPerSecond handshakes in all, on average; one second's worth may come at once
 * @param maxLoopLag an event loop that is this much behind takes no handshakes
 * @param refusalHold how long a client that is refused is held before the answer, since the
 *     published client comes back at once; 0 does not hold
 * @param maxHeld sockets held like this at once; beyond it clients are refused at once
 */
public record LimitSettings(
    int connectionsPerAddress,
    int connectionsPerUser,
    int handshakesPerSecondPerAddress,
    int handshakesPerSecond,
    Duration maxLoopLag,
    Duration refusalHold,
    int maxHeld) {

  /** Refuses values that make no sense. */
  public LimitSettings {
    Require.atLeast("connections per address", connectionsPerAddress, 0, "");
    Require.atLeast("connections per user", connectionsPerUser, 0, "");
    Require.atLeast("handshakes per address", handshakesPerSecondPerAddress, 0, "per second");
    Require.atLeast("handshakes", handshakesPerSecond, 0, "per second");
    Require.timeout("max loop lag", maxLoopLag, Duration.ZERO);
    Require.timeout("refusal hold", refusalHold, Duration.ZERO);
    Require.atLeast("max held", maxHeld, 0, "");
  }

  /** The defaults, which are also those of the command line. */
  public static LimitSettings defaults() {
    return builder().build();
  }

  /** No limits on anybody: for tests and measurements, whose clients share an address. */
  public static LimitSettings unlimited() {
    return unlimitedBuilder().build();
  }

  /** A builder that begins without limits: for tests of one limit alone. */
  public static Builder unlimitedBuilder() {
    return builder()
        .connectionsPerAddress(0)
        .connectionsPerUser(0)
        .handshakesPerSecondPerAddress(0)
        .handshakesPerSecond(0)
        .maxLoopLag(Duration.ZERO)
        .refusalHold(Duration.ZERO);
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** In milliseconds. */
  public int maxLoopLagMillis() {
    return (int) maxLoopLag.toMillis();
  }

  /** In milliseconds. */
  public int refusalHoldMillis() {
    return (int) refusalHold.toMillis();
  }

  /** Puts settings together. Each method sets the value of its own name. */
  public static final class Builder {
    private int connectionsPerAddress = 2_000;
    private int connectionsPerUser = 100;
    private int handshakesPerSecondPerAddress = 100;
    private int handshakesPerSecond = 2_000;
    private Duration maxLoopLag = Duration.ofMillis(500);
    private Duration refusalHold = Duration.ofSeconds(1);
    private int maxHeld = 10_000;

    private Builder() {}

    public Builder connectionsPerAddress(int value) {
      connectionsPerAddress = value;
      return this;
    }

    public Builder connectionsPerUser(int value) {
      connectionsPerUser = value;
      return this;
    }

    public Builder handshakesPerSecondPerAddress(int value) {
      handshakesPerSecondPerAddress = value;
      return this;
    }

    public Builder handshakesPerSecond(int value) {
      handshakesPerSecond = value;
      return this;
    }

    public Builder maxLoopLag(Duration value) {
      maxLoopLag = value;
      return this;
    }

    public Builder refusalHold(Duration value) {
      refusalHold = value;
      return this;
    }

    public Builder maxHeld(int value) {
      maxHeld = value;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalArgumentException with one sentence when a value makes no sense
     */
    public LimitSettings build() {
      return new LimitSettings(
          connectionsPerAddress,
          connectionsPerUser,
          handshakesPerSecondPerAddress,
          handshakesPerSecond,
          maxLoopLag,
          refusalHold,
          maxHeld);
    }
  }
}
