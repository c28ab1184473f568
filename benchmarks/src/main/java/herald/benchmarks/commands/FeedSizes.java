package herald.benchmarks.commands;

import herald.benchmarks.feeds.FedInstances;
import herald.benchmarks.feeds.FeedKind;
import herald.benchmarks.feeds.FeedTrial;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How many there are of what is measured with each feed. */
@Command
final class FeedSizes {
  private static final int MOST_CONNECTIONS_OF_DATABASE = 500;

  @Option(
      names = "--instances",
      paramLabel = "NUMBERS",
      split = ",",
      description = "How many instances there are, ascending.")
  private List<Integer> instances = List.of(1, 3, 10, 30);

  @Option(
      names = "--full-instances",
      paramLabel = "NUMBER",
      description = "How many of them are whole herald serve processes at most.")
  private int fullInstances = 3;

  @Option(
      names = "--feeds",
      paramLabel = "FEEDS",
      split = ",",
      description = "Which: ${COMPLETION-CANDIDATES}.")
  private List<FeedKind> feeds = List.of(FeedKind.values());

  @Option(names = "--relays", paramLabel = "NUMBER", description = "Relays of each stream.")
  private int relays = 2;

  @Option(
      names = "--rounds",
      paramLabel = "NUMBER",
      description = "Measurements of each feed at each number of instances.")
  private int rounds = 2;

  @Option(
      names = "--writers",
      paramLabel = "NUMBERS",
      split = ",",
      description = "How many writers commit without pacing; the one that commits most counts.")
  private List<Integer> writers = List.of(4, 16);

  @Option(
      names = "--unpaced",
      paramLabel = "SECONDS",
      description = "Seconds without pacing for each number of writers.")
  private int unpacedSeconds = 2;

  @Option(
      names = "--flush",
      description = "Have PostgreSQL flush each commit to the disk, as it does outside of tests.")
  private boolean flushes;

  /**
   * Looks whether it can be measured so.
   *
   * @throws IllegalArgumentException with one sentence
   */
  void check() {
    boolean ascends = true;
    for (int i = 1; i < instances.size(); i++) {
      ascends &= instances.get(i) > instances.get(i - 1);
    }
    if (!ascends || instances.get(0) < 1) {
      throw new IllegalArgumentException(
          "--instances is " + instances + " (expected: numbers from 1, ascending)");
    }
    requirePositive("--full-instances", fullInstances);
    requirePositive("--relays", relays);
    requirePositive("--rounds", rounds);
    requirePositive("--unpaced", unpacedSeconds);
    writers.forEach(number -> requirePositive("--writers", number));
  }

  static void requirePositive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " is " + value + " (expected: 1 or more)");
    }
  }

  List<FeedKind> feeds() {
    return feeds;
  }

  int rounds() {
    return rounds;
  }

  FedInstances.Settings instances(LoadOptions load) {
    return new FedInstances.Settings(
        relays, fullInstances, load.connections(), load.rate(), load.eventBytes());
  }

  FeedTrial.Settings trial(LoadOptions load) {
    return new FeedTrial.Settings(
        instances, rounds, load.warmUpSeconds(), load.seconds(), unpacedSeconds, writers);
  }

  /** What the server of a feed's database is started with. */
  Map<String, String> serverSettings(FeedKind kind) {
    Map<String, String> settings = new HashMap<>(kind.serverSettings());
    settings.put("max_connections", Integer.toString(MOST_CONNECTIONS_OF_DATABASE));
    if (flushes) {
      settings.putAll(Map.of("fsync", "on", "full_page_writes", "on"));
    }
    return settings;
  }
}
