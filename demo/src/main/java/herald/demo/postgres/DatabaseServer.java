package herald.demo.postgres;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The server process on one {@link DatabaseDirectory}. Not thread safe: its owner takes care.
 *
 * <p>The server is a child of this process, which so learns of its end at once, but in a session of
 * its own where the system can do that: Ctrl-C in a terminal then does not end it before its users
 * have ended.
 */
final class DatabaseServer {
  private static final String STILL_IN_USE = "pre-existing shared memory block";
  private static final String SETSID = "/usr/bin/setsid";
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 10;
  private static final int QUOTED_LOG_LINES = 5;

  private final PostgresBinaries binaries;
  private final DatabaseDirectory directory;
  private @Nullable Process process;

  DatabaseServer(PostgresBinaries binaries, DatabaseDirectory directory) {
    this.binaries = binaries;
    this.directory = directory;
  }

  /** Makes the data directory, with one superuser. */
  void initialise(String user, String password, Map<String, String> settings) throws IOException {
    Path passwordFile = Files.createFile(directory.passwordFile());
    Files.writeString(passwordFile, password);
    binaries.account().giveTo(passwordFile);
    run(
        binaries.command(
            "initdb",
            "--pgdata=" + directory.data(),
            "--username=" + user,
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"));
    Files.delete(passwordFile);
    StringBuilder lines = new StringBuilder();
    settings.forEach(
        (name, value) ->
            lines.append(name).append(" = '").append(value.replace("'", "''")).append("'\n"));
    Files.writeString(directory.data().resolve("postgresql.auto.conf"), lines);
  }

  /** Starts the server and waits until {@code accepts} says that it takes connections. */
  void start(BooleanSupplier accepts) throws IOException {
    if (process != null) {
      throw new IllegalStateException("the server is running (expected: stopped before)");
    }
    List<String> command = binaries.command("postgres", "-D", directory.data().toString());
    if (Files.isExecutable(Path.of(SETSID))) {
      command.add(0, SETSID);
    }
    Process started = launch(command);
    process = started;
    long startNanos = System.nanoTime();
    while (!accepts.getAsBoolean()) {
      boolean isTooLate = System.nanoTime() - startNanos > TimeUnit.SECONDS.toNanos(START_SECONDS);
      if (!started.isAlive() && !isTooLate && lastLogLines().contains(STILL_IN_USE)) {
        // A process that was killed with the server before is still there for a moment.
        started = launch(command);
        process = started;
      } else if (!started.isAlive() || isTooLate) {
        throw new IOException("PostgreSQL did not start; its log ends with: " + lastLogLines());
      }
      pause();
    }
  }

  /** Kills the server and its backends; the data stays. Does nothing when none runs. */
  void kill() throws IOException {
    Process running = process;
    if (running != null) {
      List<ProcessHandle> backends = running.descendants().toList();
      running.destroyForcibly();
      backends.forEach(ProcessHandle::destroyForcibly);
      awaitEnd(running);
    }
  }

  /** Stops the server without keeping its data consistent. Does nothing when none runs. */
  void stop() throws IOException {
    Process running = process;
    if (running != null) {
      if (running.isAlive()) {
        stopImmediately();
      }
      awaitEnd(running);
    }
  }

  /** Stops a server that another process has started on the data directory and left there. */
  void stopLeftover() throws IOException {
    if (directory.server().isPresent()) {
      stopImmediately();
    }
  }

  /** Other than a kill this leaves no shared memory behind. */
  private void stopImmediately() throws IOException {
    String data = directory.data().toString();
    run(binaries.command("pg_ctl", "stop", "-D", data, "-m", "immediate", "-w"));
  }

  private void awaitEnd(Process running) throws IOException {
    try {
      if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        running.destroyForcibly();
        throw new IOException(
            "PostgreSQL did not stop within " + STOP_SECONDS + " s and was killed");
      }
      process = null;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void run(List<String> command) throws IOException {
    Process program = launch(command);
    try {
      int status = program.waitFor();
      if (status != 0) {
        throw new IOException(
            command + " ended with status " + status + "; its log ends with: " + lastLogLines());
      }
    } catch (InterruptedException e) {
      program.destroyForcibly();
      throw interrupted(e);
    }
  }

  private Process launch(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    // The server's account may not be able to enter the directory of this process.
    builder.directory(new File("/"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.log().toFile()));
    return builder.start();
  }

  private String lastLogLines() throws IOException {
    List<String> lines = Files.readAllLines(directory.log());
    int from = Math.max(0, lines.size() - QUOTED_LOG_LINES);
    return String.join(" / ", lines.subList(from, lines.size()));
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while a program of PostgreSQL was running", cause);
  }
}
