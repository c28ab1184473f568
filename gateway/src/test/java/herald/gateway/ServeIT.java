package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.HashIds;
import herald.protocol.WalletKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code herald serve} as a process of its own. */
class ServeIT {
  private static final Pattern STARTED =
      Pattern.compile("clients on 127.0.0.1:(\\d+) .* operators on 127.0.0.1:(\\d+);");

  private final HttpClient http = HttpClient.newHttpClient();

  private static Process herald(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "herald.gateway.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("HERALD_PROBE_INTERVAL", "500ms");
    builder.environment().put("HERALD_DRAIN_DELAY", "500ms");
    return builder.start();
  }

  private int status(int port, String path) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void servesUntilItIsToldToStopAndThenDrains() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    Process process =
        herald(
            "serve",
            "--database",
            database.url(),
            "--bind",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      Matcher ports = started(out);
      int port = Integer.parseInt(ports.group(1));
      int admin = Integer.parseInt(ports.group(2));
      Eventually.holds("it is ready", 20, () -> status(admin, "/readyz") == 200);
      assertThat(status(admin, "/livez")).isEqualTo(200);
      assertThat(status(admin, "/metrics")).isEqualTo(200);
      assertThat(status(admin, "/else")).isEqualTo(404);
      try (TestClient client = TestClient.connect(port, key)) {
        platform.message(alice, chat, "before the end");
        client.awaitMessage("before the end");
        process.destroy();
        assertThat(client.awaitEnd()).isEqualTo(1001);
      }
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Connects and closes, and returns the lines that are logged up to the exit. */
  private List<String> linesOfAConnection(SharedDatabase database, WalletKey key, String... more)
      throws Exception {
    Process process = serve(database, more);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      Matcher ports = started(out);
      int admin = Integer.parseInt(ports.group(2));
      Eventually.holds("it is ready", 20, () -> status(admin, "/readyz") == 200);
      TestClient.connect(Integer.parseInt(ports.group(1)), key).close();
      assertThat(postDrain(admin)).isEqualTo(202);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      return out.lines().toList();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aConnectionHasALineInTheAccessLogAsTextAndAsJson() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser user = new Community(database.dataSource()).createUser("alice", key.wallet());
    String hashId = HashIds.encode(user.userId());
    assertThat(linesOfAConnection(database, key))
        .filteredOn(line -> line.contains("connection ended"))
        .singleElement()
        .asString()
        .matches(
            "[-0-9T:.]+Z INFO  access +connection ended user="
                + hashId
                + " address=127\\.0\\.0\\.0/24 device=none duration_ms=\\d+ close_code=\\d+"
                + " close_reason=\\w+ replay=none events=0 bytes=0 needless=0 unconfirmed=0"
                + " waiting=0");
    List<String> json = linesOfAConnection(database, key, "--log-format", "json");
    assertThat(json)
        .as("the lines at the start have fields too")
        .anyMatch(line -> line.contains(",\"herald.horizon_s\":600,\"herald.log_bytes\":"))
        .anyMatch(line -> line.contains("\"herald.max_connections_per_user\":"));
    assertThat(json)
        .filteredOn(line -> line.contains("connection ended"))
        .singleElement()
        .asString()
        .startsWith("{\"@timestamp\":\"")
        .contains("\"log.logger\":\"herald.access\"")
        .contains("\"herald.user\":\"" + hashId + "\",\"herald.address\":\"127.0.0.0/24\"")
        .contains("\"herald.events\":0,\"herald.bytes\":0")
        .endsWith("}");
    assertThat(linesOfAConnection(database, key, "--access-log", "off"))
        .anyMatch(line -> line.endsWith(" drained"))
        .noneMatch(line -> line.contains("connection ended"));
  }

  private static Process serve(SharedDatabase database, String... more) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("serve", "--database", database.url()));
    arguments.addAll(List.of("--bind", "127.0.0.1:0", "--admin", "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    return herald(arguments.toArray(String[]::new));
  }

  private int postDrain(int admin, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/drain"))
            .POST(HttpRequest.BodyPublishers.noBody());
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static boolean isJsonLine(String line) {
    return line.startsWith("{\"@timestamp\":\"")
        && JsonParser.parseString(line).getAsJsonObject().has("message");
  }

  @Test
  void drainsWhenItIsAskedByPost() throws Exception {
    Process process = serve(SharedDatabase.fresh(), "--log-format", "json");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      int admin = Integer.parseInt(started(out).group(2));
      assertThat(status(admin, "/drain")).as("GET").isEqualTo(405);
      assertThat(postDrain(admin, "Origin", "http://evil.example")).isEqualTo(403);
      Eventually.holds("it is ready", 20, () -> status(admin, "/readyz") == 200);
      assertThat(postDrain(admin)).isEqualTo(202);
      assertThat(status(admin, "/readyz")).isNotEqualTo(200);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(out.lines())
          .as("every line is JSON")
          .allMatch(ServeIT::isJsonLine)
          .anyMatch(line -> line.contains("\"herald.delay_ms\":500,\"herald.period_ms\":"))
          .anyMatch(line -> line.contains("\"message\":\"drained\""));
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void theSecondSignalHastens() throws Exception {
    Process process = serve(SharedDatabase.fresh(), "--drain-delay", "1h", "--drain-timeout", "2h");
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      int admin = Integer.parseInt(started(out).group(2));
      Eventually.holds("it is ready", 20, () -> status(admin, "/readyz") == 200);
      assertThat(postDrain(admin)).isEqualTo(202);
      process.destroy();
      Eventually.holds("it is not ready", 20, () -> status(admin, "/readyz") == 503);
      assertThat(status(admin, "/livez")).isEqualTo(200);
      assertThat(process.waitFor(2, TimeUnit.SECONDS))
          .as("neither the first signal, nor that it comes after a POST, hastens")
          .isFalse();
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Matcher started(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = STARTED.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    throw new AssertionError("the process ended before it had started");
  }

  /** Its admin address can't be bound, so it ends at once. */
  @Test
  void warnsOfAConfigurationFileWithAPasswordThatEveryUserCanRead(@TempDir Path folder)
      throws Exception {
    Path file =
        Files.writeString(folder.resolve("c"), "database = postgresql://me:s3cret@127.0.0.1:1/x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Process process = herald("serve", "--config", file.toString(), "--admin", "192.0.2.1:9090");
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said)
        .contains("WARN ", "the configuration file " + file + " holds a password and can be read")
        .doesNotContain("s3cret");
  }
}
