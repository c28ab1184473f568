package herald.benchmarks.commands;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which gateway is started, and how. */
final class GatewayOptions {
  @Option(
      names = "--herald",
      paramLabel = "FILE",
      description =
          "The gateway's launcher, bin/herald of a distribution."
              + "%n  Default: the one that the same build has left in gateway/target/herald")
  private @Nullable Path launcher;

  @Option(
      names = "--serve-option",
      paramLabel = "OPTION",
      description =
          "An option for herald serve, for example --serve-option=--recovery=java; may be repeated."
              + " JVM options go into HERALD_JAVA_OPTS.")
  private List<String> options = new ArrayList<>();

  Path launcher() {
    if (launcher != null) {
      return launcher.toAbsolutePath();
    }
    String home = System.getProperty("herald.bench.home", "benchmarks/target/herald-bench");
    return Path.of(home)
        .toAbsolutePath()
        .resolve("../../../gateway/target/herald/bin/herald")
        .normalize();
  }

  /** The same options with another gateway. */
  GatewayOptions withLauncher(Path other) {
    GatewayOptions changed = new GatewayOptions();
    changed.launcher = other;
    changed.options = options;
    return changed;
  }

  /** The same gateway with further options. */
  GatewayOptions with(List<String> more) {
    GatewayOptions changed = new GatewayOptions();
    changed.launcher = launcher;
    changed.options = new ArrayList<>(options);
    changed.options.addAll(more);
    return changed;
  }

  List<String> options() {
    return options;
  }
}
