package herald.demo.gateways;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code herald serve} as a process of its own, from the class path of this process. It ends when
 * this process ends, however that happens. Any thread.
 */
final class GatewayProcess implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile(
          "listening for clients on 127\\.0\\.0\\.1:(\\d+) .*for operators on .*?:(\\d+);");

  /** Two of them and a database run on the machine of whoever looks at the demo. */
  private static final String MAX_HEAP = "-Xmx256m";

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
  private static final long STOP_SECONDS = 10;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_TIMEOUT).build();
  private final Process process;
  private final int port;
  private final String adminUrl;

  private GatewayProcess(Process process, int port, String adminUrl) {
    this.process = process;
    this.port = port;
    this.adminUrl = adminUrl;
  }

  /**
   * Starts a gateway and waits until it listens; it may not be ready yet.
   *
   * @param databaseUrl with user and password; it is passed in the environment, which other users
   *     of the machine can't read
   * @param admin where it serves metrics and probes
   * @param output is given each line that the gateway writes from then on, and before that its
   *     warnings
   * @throws IOException when it ends before it listens; {@code output} has been told why
   */
  static GatewayProcess start(String databaseUrl, InetSocketAddress admin, Consumer<String> output)
      throws IOException {
    String adminHost = admin.getAddress().getHostAddress();
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    MAX_HEAP,
                    "-cp",
                    System.getProperty("java.class.path"),
                    ChildMain.class.getName(),
                    "herald.gateway.Main",
                    "serve",
                    "--bind",
                    "127.0.0.1:0",
                    "--admin",
                    (adminHost.contains(":") ? "[" + adminHost + "]" : adminHost)
                        + ":"
                        + admin.getPort()))
            .redirectErrorStream(true);
    builder
        .environment()
        .putAll(
            Map.of(
                "HERALD_DATABASE", databaseUrl,
                "HERALD_DRAIN_DELAY", "0s",
                "HERALD_DRAIN_PERIOD", "0s"));
    Process process = builder.start();
    try {
      BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
      Matcher started = awaitStart(lines, output);
      Thread reader = new Thread(() -> pass(lines, output), "demo-gateway-output");
      reader.setDaemon(true);
      reader.start();
      String host = admin.getAddress().isAnyLocalAddress() ? "127.0.0.1" : adminHost;
      return new GatewayProcess(
          process,
          Integer.parseInt(started.group(1)),
          "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + started.group(2));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Matcher awaitStart(BufferedReader lines, Consumer<String> output)
      throws IOException {
    List<String> said = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      said.add(line);
      Matcher matcher = STARTED.matcher(line);
      if (matcher.find()) {
        said.stream().filter(each -> !each.contains(" INFO ")).forEach(output);
        return matcher;
      }
    }
    said.forEach(output);
    throw new IOException("the gateway did not start (expected: see the lines above)");
  }

  private static void pass(BufferedReader lines, Consumer<String> output) {
    try {
      lines.lines().forEach(output);
    } catch (UncheckedIOException e) {
      // The process has ended, and its output with it.
    }
  }

  /** Where it listens for clients on 127.0.0.1. */
  int port() {
    return port;
  }

  /** Where it serves metrics and probes, without a path. */
  String adminUrl() {
    return adminUrl;
  }

  /** Whether it says that it is ready. */
  boolean isReady() {
    HttpResponse<String> answer = get("/readyz");
    return answer != null && answer.statusCode() == 200;
  }

  /** Its metrics as Prometheus reads them; empty if it does not answer. */
  String metrics() {
    HttpResponse<String> answer = get("/metrics");
    return answer == null ? "" : answer.body();
  }

  private @Nullable HttpResponse<String> get(String path) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(adminUrl + path)).timeout(ANSWER_TIMEOUT).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** The value of a metric without labels; 0 if it does not answer. */
  double metric(String name) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  /** Whether the process runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until the process is gone. */
  void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  /** Kills it with SIGKILL, and waits until it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Asks it to stop, and ends it if it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
