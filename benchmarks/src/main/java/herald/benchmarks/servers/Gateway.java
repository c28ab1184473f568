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

/** {@code herald serve} as a process of its own, on free ports of 127.0.0.1. Any thread. */
public final class Gateway implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile("clients on 127.0.0.1:(\\d+) .* operators on 127.0.0.1:(\\d+);");
  private static final long READY_SECONDS = 30;
  private static final long POLL_MILLIS = 5;
  private static final long STOP_SECONDS = 30;

  /** All clients come from a few addresses of this machine, and all at once. */
  private static final List<String> NO_LIMITS =
      List.of(
          "--max-connections-per-address=0",
          "--max-handshakes-per-address=0",
          "--max-handshakes=0",
          "--max-loop-lag=0ms");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final long launchedNanos;
  private final int port;
  private final int adminPort;

  private Gateway(Process process, long launchedNanos, BufferedReader out, Consumer<String> log)
      throws IOException {
    this.process = process;
    this.launchedNanos = launchedNanos;
    Matcher started = awaitStart(out, log);
    port = Integer.parseInt(started.group(1));
    adminPort = Integer.parseInt(started.group(2));
    Thread reader = new Thread(() -> follow(out, log), "gateway-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a gateway; it listens when this returns, and may not be ready yet.
   *
   * @param launcher {@code bin/herald} of a distribution
   * @param databaseUrl with user and password; it goes into the environment
   * @param options further options of {@code herald serve}
   * @param log told every line that the process writes
   */
  public static Gateway start(
      Path launcher, String databaseUrl, List<String> options, Consumer<String> log)
      throws IOException {
    return start(launcher, null, databaseUrl, options, log);
  }

  /**
   * The same with another Java.
   *
   * @param javaHome null for the one of this process's environment
   */
  public static Gateway start(
      Path launcher,
      @Nullable Path javaHome,
      String databaseUrl,
      List<String> options,
      Consumer<String> log)
      throws IOException {
    if (!Files.isExecutable(launcher)) {
      throw new IllegalArgumentException(
          "there is no gateway at "
              + launcher
              + " (expected: --herald names bin/herald of a"
              + " distribution, as ./mvnw package leaves it in gateway/target/herald)");
    }
    List<String> command = new ArrayList<>(List.of(launcher.toString(), "serve"));
    command.addAll(List.of("--bind", "127.0.0.1:0", "--admin", "127.0.0.1:0"));
    command.addAll(NO_LIMITS);
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("HERALD_DATABASE", databaseUrl));
    if (javaHome != null) {
      builder.environment().put("JAVA_HOME", javaHome.toString());
    }
    long launchedNanos = System.nanoTime();
    Process process = builder.start();
    try {
      return new Gateway(process, launchedNanos, process.inputReader(StandardCharsets.UTF_8), log);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static Matcher awaitStart(BufferedReader out, Consumer<String> log) throws IOException {
    String last = "nothing";
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      log.accept(line);
      Matcher matcher = STARTED.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
      last = line;
    }
    throw new IOException("the gateway ended before it listened; it said: " + last);
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

  /**
   * Waits until the gateway is ready.
   *
   * @return nanoseconds from the launch of its process
   */
  public long awaitReady() throws IOException, InterruptedException {
    while (status("/readyz") != 200) {
      if (!process.isAlive()
          || System.nanoTime() - launchedNanos > TimeUnit.SECONDS.toNanos(READY_SECONDS)) {
        throw new IOException("the gateway was not ready within " + READY_SECONDS + " s");
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return System.nanoTime() - launchedNanos;
  }

  private int status(String path) throws IOException, InterruptedException {
    return get(path).statusCode();
  }

  /** All its metrics. */
  public Scrape scrape() throws IOException, InterruptedException {
    return new Scrape(get("/metrics").body());
  }

  /** Bytes of the Java heap in use, garbage included. */
  public long heapBytes() throws IOException, InterruptedException {
    return (long) scrape().sum("jvm_memory_used_bytes", "area=\"heap\"");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Collects garbage, so that what is in use afterwards is what is needed. */
  public void collectGarbage() throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process collecting =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (collecting.waitFor() != 0) {
      throw new IOException(jcmd + " could not have garbage collected (expected: a JDK)");
    }
  }

  /** What the process costs. */
  public ProcessFigures figures() {
    return new ProcessFigures(process.pid());
  }

  /** The clients' port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** SIGTERM, and SIGKILL if that takes too long. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
