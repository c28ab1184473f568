package herald.benchmarks.commands;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How much there is of what grows. */
@Command
final class GrowingAmounts {
  /** There are chats of two. */
  private static final int LEAST_AUDIENCE = 2;

  @Option(
      names = "--growing-connections",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Connections, on as many gateways as it takes with 19,000 on each.")
  private int[] connections = {100, 1_000, 10_000};

  @Option(
      names = "--growing-rates",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Events per second, one receiver each.")
  private int[] rates = {10, 100, 1_000};

  @Option(
      names = "--growing-audience",
      paramLabel = "NUMBERS",
      split = ",",
      description =
          "Followers to whom a blast is sent, of whom --connections are connected; at least "
              + LEAST_AUDIENCE
              + ".")
  private int[] audience = {1_000, 10_000, 100_000};

  @Option(
      names = "--growing-log",
      paramLabel = "NUMBERS",
      split = ",",
      description =
          "MiB of events in the log of the gateway, whose heap has to be larger"
              + " (HERALD_JAVA_OPTS).")
  private int[] logMebibytes = {1, 16, 64};

  @Option(
      names = "--growing-instances",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Gateways on one database.")
  private int[] instances = {1, 2, 3};

  /**
   * Checks that all can be had.
   *
   * @throws IllegalArgumentException with one sentence
   */
  void check() {
    for (int followers : audience) {
      if (followers < LEAST_AUDIENCE) {
        throw new IllegalArgumentException(
            "--growing-audience names "
                + followers
                + " (expected: at least "
                + LEAST_AUDIENCE
                + ")");
      }
    }
  }

  int[] connections() {
    return connections;
  }

  int[] rates() {
    return rates;
  }

  /** Followers. */
  int[] audience() {
    return audience;
  }

  int[] logMebibytes() {
    return logMebibytes;
  }

  int[] instances() {
    return instances;
  }
}
