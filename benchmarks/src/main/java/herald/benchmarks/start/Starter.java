package herald.benchmarks.start;

import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A gateway whose start is measured.
 *
 * @param name for people
 * @param launcher {@code bin/herald} of its distribution
 * @param javaHome null for the Java of the environment
 * @param options of {@code herald serve}
 */
public record Starter(String name, Path launcher, @Nullable Path javaHome, List<String> options) {

  /** Stopped after each measurement: what a drain waits for only takes time. */
  private static final List<String> WITHOUT_DRAIN =
      List.of("--drain-delay=0s", "--drain-period=0s");

  /** Starts it; it may not be ready when this returns. */
  Gateway launch(String databaseUrl) throws IOException {
    List<String> all = new ArrayList<>(WITHOUT_DRAIN);
    all.addAll(options);
    return Gateway.start(launcher, javaHome, databaseUrl, all, line -> {});
  }
}
