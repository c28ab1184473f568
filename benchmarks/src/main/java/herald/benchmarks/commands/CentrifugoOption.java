package herald.benchmarks.commands;

import herald.benchmarks.servers.Centrifugo;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether Centrifugo takes part, and which one. */
final class CentrifugoOption {
  @Option(
      names = "--centrifugo",
      paramLabel = "FILE",
      description =
          "The program of Centrifugo, which takes part with an outbox in PostgreSQL."
              + "%n  Default: the one on the PATH, if there is one")
  private @Nullable Path program;

  /**
   * The program, if there is one.
   *
   * @param progress told how to get it otherwise
   */
  Optional<Path> program(Consumer<String> progress) {
    return program(Centrifugo.find(), progress);
  }

  Optional<Path> program(Optional<Path> installed, Consumer<String> progress) {
    return InstalledProgram.choose(
        program,
        installed,
        "Centrifugo is not installed and does not take part: "
            + Centrifugo.HOW_TO_INSTALL
            + ", and name the program with --centrifugo or have it on the PATH",
        progress);
  }
}
