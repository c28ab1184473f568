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
import java.util.List;
import java.util.Optional;

/**
 * Centrifugo as a process of its own, fed through a {@link CentrifugoOutbox}. Clients use its
 * unidirectional WebSocket, which sends every message as one text frame. Any thread.
 */
public final class Centrifugo implements AutoCloseable {
  /** How to get it. */
  public static final String HOW_TO_INSTALL =
      "go install github.com/centrifugal/centrifugo/v6@v6.9.1";

  private static final String PROGRAM = "centrifugo";
  private static final int OK = 200;

  private final InstalledServer server;
  private final int port;

  private Centrifugo(InstalledServer server, int port) {
    this.server = server;
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
    return new Centrifugo(
        InstalledServer.start(
            "Centrifugo",
            directory,
            List.of(program.toString(), "--config", configuration.toString()),
            server -> isReady(port)),
        port);
  }

  private static boolean isReady(int port) throws InterruptedException {
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
    return server.figures();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
