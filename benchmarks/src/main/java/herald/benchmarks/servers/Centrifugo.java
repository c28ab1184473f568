package herald.benchmarks.servers;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Centrifugo as a process of its own, fed through a {@link CentrifugoOutbox}. Clients use its
 * unidirectional WebSocket, which sends every message as one text frame. Any thread.
 */
public final class Centrifugo implements AutoCloseable {
  /** How to get it. */
  public static final String HOW_TO_INSTALL =
      "go install github.com/centrifugal/centrifugo/v6@v6.9.1";

  private static final String PROGRAM = "centrifugo";
  private static final long START_SECONDS = 20;
  private static final long STOP_SECONDS = 10;
  private static final int OK = 200;

  private final TemporaryDirectory directory;
  private final Process process;
  private final int port;

  private Centrifugo(TemporaryDirectory directory, Process process, int port) {
    this.directory = directory;
    this.process = process;
    this.port = port;
  }

  /** The program in the directories of the variable PATH. */
  public static Optional<Path> find() {
    return find(Programs.searchPath());
  }

  static Optional<Path> find(String searchPath) {
    return Programs.find(PROGRAM, searchPath);
  }

  /**
   * Starts it on a database that has the outbox, and waits until it is ready.
   *
   * @param databaseUrl with user and password; it goes into a file that only this user can read
   */
  public static Centrifugo start(Path program, String databaseUrl)
      throws IOException, InterruptedException {
    if (!Programs.isProgram(program)) {
      throw new IllegalArgumentException(
          "there is no Centrifugo at "
              + program
              + " (expected: --centrifugo names the program, as "
              + HOW_TO_INSTALL
              + " makes it)");
    }
    TemporaryDirectory directory = TemporaryDirectory.create("herald-bench-centrifugo");
    int port = FreePort.any();
    Path configuration = directory.path().resolve("config.json");
    Files.writeString(configuration, CentrifugoConfiguration.text(port, databaseUrl));
    Path log = directory.path().resolve("log");
    Process process =
        new ProcessBuilder(program.toString(), "--config", configuration.toString())
            .directory(directory.path().toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Centrifugo centrifugo = new Centrifugo(directory, process, port);
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!centrifugo.isReady()) {
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        String said = Files.readString(log).strip();
        centrifugo.close();
        throw new IOException("Centrifugo did not start; it said: " + said);
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return centrifugo;
  }

  private boolean isReady() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health")).build();
    try {
      return HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == OK;
    } catch (IOException e) {
      return false;
    }
  }

  /** The path of an upgrade that subscribes to one channel. */
  public static String path(String channel) {
    // The place of a user's number, if there is one, has to stay as it is.
    return "/connection/uni_websocket?cf_connect="
        + URLEncoder.encode("{\"subs\":{\"", StandardCharsets.UTF_8)
        + channel
        + URLEncoder.encode("\":{}}}", StandardCharsets.UTF_8);
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** What the process costs. */
  public ProcessFigures figures() {
    return new ProcessFigures(process.pid());
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    directory.close();
  }
}
