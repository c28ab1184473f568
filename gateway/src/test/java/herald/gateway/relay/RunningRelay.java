package herald.gateway.relay;

import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.RunningHerald;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code herald relay} as a process of its own. */
public final class RunningRelay implements RunningHerald, AutoCloseable {
  private static final Pattern STARTED = Pattern.compile("for operators on port (\\d+)");
  private static final long SECONDS = 300;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final Process process;
  private final int adminPort;

  private RunningRelay(Process process) throws IOException {
    this.process = process;
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    int port = 0;
    for (String line = out.readLine(); port == 0 && line != null; line = out.readLine()) {
      output.add(line);
      Matcher matcher = STARTED.matcher(line);
      port = matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
    if (port == 0) {
      throw new AssertionError("the relay ended before it had started: " + output);
    }
    adminPort = port;
    Thread reader = new Thread(() -> read(out), "relay-output");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(BufferedReader out) {
    try {
      out.lines().forEach(output::add);
    } catch (UncheckedIOException e) {
      // The process was ended, and its output with it.
    }
  }

  static RunningRelay start(String database, String stream, String... options) throws IOException {
    return start(Map.of(), database, stream, options);
  }

  /** Starts one, with some of its options as environment variables; it may not be ready yet. */
  public static RunningRelay start(
      Map<String, String> environment, String database, String stream, String... options)
      throws IOException {
    String[] arguments = new String[options.length + 7];
    String[] first = {"relay", "--database", database, "--feed", stream, "--admin", "127.0.0.1:0"};
    System.arraycopy(first, 0, arguments, 0, first.length);
    System.arraycopy(options, 0, arguments, first.length, options.length);
    return new RunningRelay(GatewayProcess.herald(environment, arguments));
  }

  /** Waits until it is ready. */
  public RunningRelay awaitReady() throws InterruptedException {
    try {
      Eventually.holds("the relay is ready", SECONDS, () -> notReady().isEmpty());
    } catch (AssertionError e) {
      throw new AssertionError("not ready: " + notReady() + "; it said: " + output, e);
    }
    return this;
  }

  /** Waits until it says why it is not ready. */
  void awaitNotReady(String reason) throws InterruptedException {
    try {
      Eventually.holds("the relay says " + reason, SECONDS, () -> notReady().contains(reason));
    } catch (AssertionError e) {
      throw new AssertionError("it says " + notReady(), e);
    }
  }

  /** Waits until it publishes, or stands by. */
  void awaitActive(boolean isActive) throws InterruptedException {
    Eventually.holds(
        "the relay publishes: " + isActive,
        SECONDS,
        () -> metric("herald_relay_active") == (isActive ? 1 : 0));
  }

  /** Whether it publishes. */
  public boolean isActive() {
    return metric("herald_relay_active") == 1;
  }

  /** Empty if it is ready. */
  String notReady() {
    try {
      HttpResponse<String> answer = get("/readyz");
      return answer.statusCode() == 200 ? "" : answer.body();
    } catch (IOException e) {
      return "no answer";
    }
  }

  /** -1 if nobody answers. */
  @Override
  public double metric(String name) {
    return sum(line -> line.startsWith(name + " ") || line.startsWith(name + "{"));
  }

  @Override
  public double metric(String name, String label) {
    return sum(line -> line.startsWith(name + "{") && line.contains(label));
  }

  private double sum(Predicate<String> isCounted) {
    try {
      return get("/metrics")
          .body()
          .lines()
          .filter(isCounted)
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public boolean isReady() {
    return notReady().isEmpty();
  }

  @Override
  public boolean hasLeaked() {
    return output.stream().anyMatch(line -> line.contains("LEAK:"));
  }

  private HttpResponse<String> get(String path) throws IOException {
    try {
      URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
      return http.send(
          HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public String output() {
    return String.join("\n", output);
  }

  /** SIGSTOP. */
  public void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** SIGCONT. */
  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw new AssertionError("the process has ended");
    }
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  /** SIGTERM; the exit code. */
  public int terminate() throws InterruptedException {
    process.destroy();
    return exitCode();
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    var unused = exitCode();
  }

  private int exitCode() throws InterruptedException {
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the process has not ended");
    }
    return process.exitValue();
  }

  @Override
  public String toString() {
    return "the relay with the admin port " + adminPort;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
