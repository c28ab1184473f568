package herald.gateway.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code herald serve} as a process of its own, on free ports of 127.0.0.1. */
public final class GatewayProcess implements RunningHerald, AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile("clients on 127.0.0.1:(\\d+) .* operators on 127.0.0.1:(\\d+);");
  private static final long READY_SECONDS = 300;

  /** Whether the leak detector keeps only what retained and released a buffer; as in this JVM. */
  private static final String LEAK_RECORDS = "io.netty.leakDetection.acquireAndReleaseOnly";

  /** Far longer than an answer takes. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final Process process;
  private final int port;
  private final int adminPort;

  private GatewayProcess(Process process, BufferedReader out) throws IOException {
    this.process = process;
    Matcher started = awaitStart(out);
    port = Integer.parseInt(started.group(1));
    adminPort = Integer.parseInt(started.group(2));
    Thread reader = new Thread(() -> read(out), "gateway-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts the command line with these arguments; standard error goes where the tests' goes. */
  public static Process herald(Map<String, String> environment, String... arguments)
      throws IOException {
    return start(thisVersion(), environment, arguments);
  }

  private static List<String> thisVersion() {
    return List.of(
        ProcessHandle.current().info().command().orElseThrow(),
        "-Xmx512m",
        // They live for seconds: the optimizing compiler would cost more than it saves.
        "-XX:TieredStopAtLevel=1",
        "-Dio.netty.leakDetection.level=paranoid",
        "-D" + LEAK_RECORDS + "=" + Boolean.getBoolean(LEAK_RECORDS),
        "-Dio.netty.jfr.enabled=false",
        "-cp",
        System.getProperty("java.class.path"),
        "herald.gateway.Main");
  }

  private static Process start(
      List<String> program, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Starts a gateway and waits until it listens; it may not be ready yet. */
  public static GatewayProcess serve(String databaseUrl) throws IOException {
    return serve(databaseUrl, Map.of());
  }

  /** The same with options, given as environment variables. */
  public static GatewayProcess serve(String databaseUrl, Map<String, String> options)
      throws IOException {
    return serve(thisVersion(), databaseUrl, options);
  }

  /**
   * The same with another version.
   *
   * @param launcher {@code bin/herald} of its distribution
   */
  public static GatewayProcess serve(Path launcher, String databaseUrl, Map<String, String> options)
      throws IOException {
    return serve(List.of(launcher.toString()), databaseUrl, options);
  }

  /**
   * The same with a limit on file descriptors.
   *
   * @param openFiles as {@code ulimit -n} takes it
   */
  public static GatewayProcess serve(
      int openFiles, Path launcher, String databaseUrl, Map<String, String> options)
      throws IOException {
    String limited = "ulimit -n " + openFiles + " && exec \"$0\" \"$@\"";
    return serve(List.of("sh", "-c", limited, launcher.toString()), databaseUrl, options);
  }

  private static GatewayProcess serve(
      List<String> command, String databaseUrl, Map<String, String> options) throws IOException {
    Map<String, String> environment = new HashMap<>();
    environment.put("HERALD_PROBE_INTERVAL", "500ms");
    environment.put("HERALD_PROBE_TIMEOUT", "2s");
    environment.put("HERALD_CONNECT_TIMEOUT", "3s");
    environment.put("HERALD_QUERY_TIMEOUT", "5s");
    environment.put("HERALD_OVERLAP", "30s");
    environment.put("HERALD_DRAIN_DELAY", "100ms");
    environment.put("HERALD_MAX_CONNECTIONS_PER_ADDRESS", "0");
    environment.put("HERALD_MAX_HANDSHAKES_PER_ADDRESS", "0");
    environment.put("HERALD_MAX_HANDSHAKES", "0");
    environment.putAll(TestFeed.behind(databaseUrl, options));
    Process process =
        start(
            command,
            environment,
            "serve",
            "--database",
            databaseUrl,
            "--bind",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0");
    TestFeed.keepWhile(environment.get("HERALD_FEED_STREAM"), process::isAlive);
    return new GatewayProcess(process, process.inputReader(StandardCharsets.UTF_8));
  }

  private void read(BufferedReader out) {
    try {
      out.lines().forEach(output::add);
    } catch (UncheckedIOException e) {
      // The process was ended, and its output with it.
    }
  }

  private static Matcher awaitStart(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = STARTED.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    throw new AssertionError("the process ended before it had started");
  }

  /** Waits until the gateway is ready. */
  public GatewayProcess awaitReady() throws InterruptedException {
    try {
      TestGateway.Eventually.holds(
          "the gateway is ready", READY_SECONDS, () -> status("/readyz") == 200);
    } catch (AssertionError e) {
      throw new AssertionError("not ready; it said: " + output(), e);
    }
    return this;
  }

  /** The status of a page on the admin address; 0 if nobody answers. */
  public int status(String path) {
    try {
      return get(path).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public double metric(String name) throws IOException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Override
  public double metric(String name, String label) throws IOException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private HttpResponse<String> get(String path) throws IOException {
    try {
      URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
      return http.send(
          HttpRequest.newBuilder(uri).timeout(ANSWER).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Memory of the process, RSS; 0 where the system does not tell. */
  public long residentBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
          .sum();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The clients' port. */
  public int port() {
    return port;
  }

  /** The operators' port. */
  public int adminPort() {
    return adminPort;
  }

  @Override
  public String output() {
    return String.join("\n", output);
  }

  @Override
  public boolean isReady() {
    return status("/readyz") == 200;
  }

  @Override
  public boolean hasLeaked() {
    return output.stream().anyMatch(line -> line.contains("LEAK:"));
  }

  /** SIGSTOP: it stands still until {@link #resume}, and its sockets stay open. */
  public void pause() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** SIGCONT. */
  public void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    // Only of a process that is still this one's child: its number can't have been given to
    // another.
    if (!process.isAlive()) {
      throw new AssertionError("the process has ended");
    }
    int exitCode =
        new ProcessBuilder("kill", signal, Long.toString(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    if (exitCode != 0) {
      throw new AssertionError("kill " + signal + " exited with " + exitCode);
    }
  }

  /** SIGTERM; the exit code, when the process has ended. */
  public int terminate() throws InterruptedException {
    process.destroy();
    return exitCode();
  }

  /** SIGKILL. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    exitCode();
  }

  private int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the process has not ended");
    }
    return process.exitValue();
  }

  @Override
  public String toString() {
    return "the instance on port " + port;
  }

  /** SIGKILL, if it is still running. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
