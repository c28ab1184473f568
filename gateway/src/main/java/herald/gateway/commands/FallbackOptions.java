package herald.gateway.commands;

import herald.gateway.config.StreamSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What an instance does while the stream is away, which relays can't do. */
@Command(optionListHeading = "%nWhile the stream is away:%n")
final class FallbackOptions {
  @Option(
      names = "--feed-fallback-after",
      paramLabel = "TIME",
      description =
          "When the stream has brought no events for so long, they are read from the database's"
              + " notifications until it does again; 0s never does that. Each instance that does"
              + " so slows down all commits.")
  private Duration after = Duration.ZERO;

  /** The settings with this one; null if there are none. */
  @Nullable StreamSettings in(@Nullable StreamSettings settings) {
    return settings == null ? null : settings.withFallbackAfter(after);
  }
}
