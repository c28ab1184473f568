package herald.benchmarks.feeds;

import herald.benchmarks.servers.Ending;
import herald.benchmarks.servers.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Light instances in a process of their own, seen from the driver. One thread at a time. */
final class LightInstances implements AutoCloseable {
  private static final List<String> JVM_OPTIONS = List.of("-Xmx512m", "-XX:+UseSerialGC");
  private static final long STOP_SECONDS = 10;

  private final Process process;
  private final PrintWriter commands;
  private final BufferedReader answers;
  private int count;

  /**
   * What each of them has got.
   *
   * @param fewest events of the one that has the fewest
   * @param most events of the one that has the most
   */
  record Counts(long fewest, long most) {}

  private LightInstances(Process process) {
    this.process = process;
    commands = new PrintWriter(process.outputWriter(StandardCharsets.US_ASCII), true);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts the process, which has none yet.
   *
   * @param databaseUrl with user and password; it goes into the environment
   * @param feed as {@code herald serve} takes it
   */
  static LightInstances start(String databaseUrl, String feed) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(JavaProcess.command(JVM_OPTIONS, "light-instances", "--feed=" + feed));
    builder.environment().put("HERALD_DATABASE", databaseUrl);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    return new LightInstances(builder.start());
  }

  /** Has it have so many, which are connected when this returns. */
  void growTo(int wanted) throws IOException {
    ask("grow " + wanted, "grown");
    count = wanted;
  }

  /** Events are counted from now on. */
  void begin() throws IOException {
    if (count > 0) {
      ask("begin", "begun");
    }
  }

  /** What has come since; {@code none} if there are no instances. */
  Counts counts(long none) throws IOException {
    if (count == 0) {
      return new Counts(none, none);
    }
    String[] words = ask("counts", "counts").split(" ", -1);
    return new Counts(Long.parseLong(words[1]), Long.parseLong(words[2]));
  }

  /** How many there are. */
  int count() {
    return count;
  }

  private String ask(String command, String answer) throws IOException {
    commands.println(command);
    // Between the answers there may be lines of the log.
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      if (line.startsWith(answer)) {
        return line;
      }
    }
    throw new IOException("the process of the light instances has ended");
  }

  /** The process ends when its input does. */
  @Override
  public void close() {
    commands.close();
    Ending.await(process, STOP_SECONDS);
  }
}
