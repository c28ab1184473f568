package herald.benchmarks.commands;

import herald.benchmarks.servers.NatsServer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which engine of the stream is started. */
final class NatsOption {
  @Option(
      names = "--nats-server",
      paramLabel = "FILE",
      description =
          "The program nats-server, of which one is started for each stream."
              + "%n  Default: the one on the PATH, or in /usr/sbin")
  private @Nullable Path program;

  /**
   * The program, if there is one.
   *
   * @param progress told how to get it otherwise
   */
  Optional<Path> program(Consumer<String> progress) {
    return program(NatsServer.find(), progress);
  }

  Optional<Path> program(Optional<Path> installed, Consumer<String> progress) {
    return InstalledProgram.choose(
        program,
        installed,
        "nats-server is not installed, so feeds that need it are left out: "
            + NatsServer.HOW_TO_INSTALL
            + ", and name the program with --nats-server or have it on the PATH",
        progress);
  }
}
