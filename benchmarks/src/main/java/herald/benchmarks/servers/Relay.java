package herald.benchmarks.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** {@code herald relay} as a process of its own. Any thread. */
public final class Relay implements AutoCloseable {
  private static final Pattern STARTED = Pattern.compile("operators on port (?<operators>\\d+)");

  private final HeraldProcess process;

  private Relay(HeraldProcess process) {
    this.process = process;
  }

  /**
   * Starts a relay, which may not be ready when this returns.
   *
   * @param launcher {@code bin/herald} of a distribution
   * @param databaseUrl with user and password; it goes into the environment
   * @param options further options of {@code herald relay}
   */
  public static Relay start(Path launcher, String databaseUrl, List<String> options)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("relay", "--admin", "127.0.0.1:0"));
    arguments.addAll(options);
    return new Relay(
        HeraldProcess.start(launcher, null, databaseUrl, arguments, STARTED, line -> {}));
  }

  /** Waits until it reads from the database and from the stream. */
  public void awaitReady() throws IOException, InterruptedException {
    process.awaitReady();
  }

  /** The sequence of the last message of the stream that it knows of. */
  public long streamEnd() throws IOException, InterruptedException {
    return (long) process.scrape().sum("herald_relay_stream_end");
  }

  /** What the process costs. */
  public ProcessFigures figures() {
    return process.figures();
  }

  /** SIGTERM, and SIGKILL if that takes too long. */
  @Override
  public void close() {
    process.close();
  }
}
