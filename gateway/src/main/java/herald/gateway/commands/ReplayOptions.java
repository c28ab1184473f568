package herald.gateway.commands;

import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import herald.gateway.config.ReplaySettings;
import picocli.CommandLine.Option;

/** What is read from the database for clients that say {@code after=}. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ReplayOptions {
  @Option(
      names = "--max-replay",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Events read from the database for one client that asks with after=.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private int maxReplay;

  @Option(
      names = "--max-replay-age",
      paramLabel = "TIME",
      defaultValue = "1h",
      converter = MillisConverter.class,
      description = "How far back the database is read for it.%n  Default: ${DEFAULT-VALUE}")
  private Millis maxReplayAge;

  @Option(
      names = "--replay-threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Replays from the database at once.%n  Default: ${DEFAULT-VALUE}")
  private int replayThreads;

  @Option(
      names = "--max-waiting-replays",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Replays that may wait; one more is a gap.%n  Default: ${DEFAULT-VALUE}")
  private int maxWaitingReplays;

  ReplaySettings settings() {
    return new ReplaySettings(maxReplay, maxReplayAge.value(), replayThreads, maxWaitingReplays);
  }
}
