package herald.benchmarks.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server that is installed on this machine, as a process with a directory of its own, in which
 * its log is. Any thread.
 */
final class InstalledServer implements AutoCloseable {
  private static final long START_SECONDS = 20;
  private static final long STOP_SECONDS = 10;
  private static final long POLL_MILLIS = 20;

  private final String name;
  private final TemporaryDirectory directory;
  private final Path log;
  private final Process process;

  private InstalledServer(String name, TemporaryDirectory directory, Path log, Process process) {
    this.name = name;
    this.directory = directory;
    this.log = log;
    this.process = process;
  }

  /** Finds out whether a server is ready. */
  @FunctionalInterface
  interface Readiness {
    boolean isReady(InstalledServer server) throws IOException, InterruptedException;
  }

  /**
   * Starts it, and waits until it is ready.
   *
   * @param name what it is called in sentences
   * @param directory is deleted when the server is closed
   */
  static InstalledServer start(
      String name, TemporaryDirectory directory, List<String> command, Readiness readiness)
      throws IOException, InterruptedException {
    Path log = directory.path().resolve("log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    InstalledServer server = new InstalledServer(name, directory, log, process);
    server.awaitReady(readiness);
    return server;
  }

  private void awaitReady(Readiness readiness) throws IOException, InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!readiness.isReady(this)) {
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        String said = said().strip();
        close();
        throw new IOException(name + " did not start; it said: " + said);
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** What it has written so far. */
  String said() throws IOException {
    return Files.readString(log);
  }

  /** What the process costs. */
  ProcessFigures figures() {
    return new ProcessFigures(process.pid());
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    Ending.await(process, STOP_SECONDS);
    directory.close();
  }
}
