package herald.benchmarks.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One server of NATS with JetStream, on a free port of 127.0.0.1. Any thread. */
public final class NatsServer implements AutoCloseable {
  /** How to get it. */
  public static final String HOW_TO_INSTALL =
      "apt-get install nats-server, or go install github.com/nats-io/nats-server/v2@latest";

  private static final String PROGRAM = "nats-server";

  /** Where Debian has it, which is not on everybody's PATH. */
  private static final String SYSTEM_PROGRAMS = "/usr/sbin";

  private final InstalledServer server;
  private final int port;

  private NatsServer(InstalledServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /** The program in the directories of the variable PATH, or where Debian has it. */
  public static Optional<Path> find() {
    return find(Programs.searchPath() + File.pathSeparator + SYSTEM_PROGRAMS);
  }

  static Optional<Path> find(String searchPath) {
    return Programs.find(PROGRAM, searchPath);
  }

  /** Starts it, and waits until it is ready. Its streams are on the disk until it is closed. */
  public static NatsServer start(Path program) throws IOException, InterruptedException {
    if (!Programs.isProgram(program)) {
      throw new IllegalArgumentException(
          "there is no nats-server at "
              + program
              + " (expected: --nats-server names the program; "
              + HOW_TO_INSTALL
              + ")");
    }
    TemporaryDirectory directory = TemporaryDirectory.create("herald-bench-nats");
    int port = FreePort.any();
    List<String> command =
        List.of(
            program.toString(),
            "--addr",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--jetstream",
            "--store_dir",
            directory.path().resolve("store").toString());
    return new NatsServer(
        InstalledServer.start(
            PROGRAM, directory, command, server -> server.said().contains("Server is ready")),
        port);
  }

  /** How instances and relays are told of it. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** What the process costs. */
  public ProcessFigures figures() {
    return server.figures();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
