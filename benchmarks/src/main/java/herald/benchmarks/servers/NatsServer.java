package herald.benchmarks.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One server of NATS with JetStream, on a free port of 127.0.0.1. Any thread. */
public final class NatsServer implements AutoCloseable {
  /** How to get it. */
  public static final String HOW_TO_INSTALL =
      "apt-get install nats-server, or go install github.com/nats-io/nats-server/v2@latest";

  private static final String PROGRAM = "nats-server";

  /** Where Debian has it, which is not on everybody's PATH. */
  private static final String SYSTEM_PROGRAMS = "/usr/sbin";

  private static final long START_SECONDS = 20;
  private static final long STOP_SECONDS = 10;

  private final TemporaryDirectory directory;
  private final Process process;
  private final int port;

  private NatsServer(TemporaryDirectory directory, Process process, int port) {
    this.directory = directory;
    this.process = process;
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
    Path log = directory.path().resolve("log");
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
    Process process =
        new ProcessBuilder(command)
            .directory(directory.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    NatsServer server = new NatsServer(directory, process, port);
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.readString(log).contains("Server is ready")) {
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        String said = Files.readString(log).strip();
        server.close();
        throw new IOException("nats-server did not start; it said: " + said);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return server;
  }

  /** How instances and relays are told of it. */
  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** What the process costs. */
  public ProcessFigures figures() {
    return new ProcessFigures(process.pid());
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    directory.close();
  }
}
