package herald.gateway.config;

import java.time.Duration;

/**
 * What is done with made-up events before the instance is ready.
 *
 * @param longest how long it may take; 0 if it is not done
 */
public record RehearsalSettings(Duration longest) {
  /** Refuses values that make no sense. */
  public RehearsalSettings {
    Require.timeout("rehearsal", longest, Duration.ZERO);
  }

  /** The defaults, which are also those of the command line: none, since none has shown a gain. */
  public static RehearsalSettings defaults() {
    return new RehearsalSettings(Duration.ZERO);
  }
}
