package herald.demo.scene;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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
   * @param admin the address, as {@code HOST:PORT}, of metrics and probes
   * @param output is given each line that the gateway writes
   * @throws IOException when it ends before it listens; {@code output} has been told why
   */
  static GatewayProcess start(String databaseUrl, String admin, Consumer<String> output)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElse("java"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ChildMain.class.getName(),
                    "herald.gateway.Main",
                    "serve",
                    "--bind",
                    "127.0.0.1:0",
                    "--admin",
                    admin))
            .redirectErrorStream(true);
    builder.environment().put("HERALD_DATABASE", databaseUrl);
    Process process = builder.start();
    try {
      BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
      Matcher started = awaitStart(lines, output);
      Thread reader = new Thread(() -> pass(lines, output), "demo-gateway-output");
      reader.setDaemon(true);
      reader.start();
      String host = admin.substring(0, admin.lastIndexOf(':'));
      return new GatewayProcess(
          process,
          Integer.parseInt(started.group(1)),
          "http://" + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + started.group(2));
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Matcher awaitStart(BufferedReader lines, Consumer<String> output)
      throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      output.accept(line);
      Matcher matcher = STARTED.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
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
