package herald.benchmarks.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A command of {@code herald} as a process of its own. Any thread. */
final class HeraldProcess implements AutoCloseable {
  private static final long READY_SECONDS = 60;

  /** A gateway that is asked more often spends much of its start on the answers. */
  private static final long POLL_MILLIS = 20;

  private static final long STOP_SECONDS = 30;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final long launchedNanos;
  private final Matcher started;

  private HeraldProcess(Process process, long launchedNanos, Matcher started) {
    this.process = process;
    this.launchedNanos = launchedNanos;
    this.started = started;
  }

  /**
   * Launches it and waits for the line that says that it has started.
   *
   * @param launcher {@code bin/herald} of a distribution
   * @param javaHome null for the one of this process's environment
   * @param databaseUrl with user and password; it goes into the environment
   * @param arguments the command and its options
   * @param startedLine matches that line; its group {@code operators} is the port for operators
   * @param log told every line that the process writes
   */
  static HeraldProcess start(
      Path launcher,
      @Nullable Path javaHome,
      String databaseUrl,
      List<String> arguments,
      Pattern startedLine,
      Consumer<String> log)
      throws IOException {
    if (!Files.isExecutable(launcher)) {
      throw new IllegalArgumentException(
          "there is no gateway at "
              + launcher
              + " (expected: --herald names bin/herald of a"
              + " distribution, as ./mvnw package leaves it in gateway/target/herald)");
    }
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("HERALD_DATABASE", databaseUrl));
    if (javaHome != null) {
      builder.environment().put("JAVA_HOME", javaHome.toString());
    }
    long launchedNanos = System.nanoTime();
    Process process = builder.start();
    try {
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      Matcher started = awaitStart(arguments.get(0), out, startedLine, log);
      Thread reader = new Thread(() -> follow(out, log), "herald-output");
      reader.setDaemon(true);
      reader.start();
      return new HeraldProcess(process, launchedNanos, started);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Matcher awaitStart(
      String command, BufferedReader out, Pattern startedLine, Consumer<String> log)
      throws IOException {
    String last = "nothing";
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      log.accept(line);
      Matcher matcher = startedLine.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
      last = line;
    }
    throw new IOException("herald " + command + " ended before it listened; it said: " + last);
  }

  private static void follow(BufferedReader out, Consumer<String> log) {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        log.accept(line);
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }

  /** The port that the line has said in this group. */
  int port(String group) {
    return Integer.parseInt(started.group(group));
  }

  /**
   * Waits until it is ready.
   *
   * @return nanoseconds from the launch of the process
   */
  long awaitReady() throws IOException, InterruptedException {
    HttpResponse<String> answer = get("/readyz");
    while (answer.statusCode() != 200) {
      if (!process.isAlive()
          || System.nanoTime() - launchedNanos > TimeUnit.SECONDS.toNanos(READY_SECONDS)) {
        throw new IOException(
            "herald was not ready within " + READY_SECONDS + " s: " + answer.body().strip());
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      answer = get("/readyz");
    }
    return System.nanoTime() - launchedNanos;
  }

  /** All its metrics. */
  Scrape scrape() throws IOException, InterruptedException {
    return new Scrape(get("/metrics").body());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port("operators") + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** What the process costs. */
  ProcessFigures figures() {
    return new ProcessFigures(process.pid());
  }

  /** SIGTERM, and SIGKILL if that takes too long. */
  @Override
  public void close() {
    process.destroy();
    Ending.await(process, STOP_SECONDS);
  }
}
