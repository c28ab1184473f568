package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.demo.platform.Community;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shell blocks of the README and of the operations page, as they stand there, with a fresh
 * database and the packaged gateway. What the pages leave to the reader is filled in: the
 * database's address, a key, and ports that are free here.
 */
final class PagesIT {
  private static final Path DISTRIBUTION = Path.of("target/herald");
  private static final long DEADLINE_SECONDS = 60;

  @TempDir private Path work;
  private Path home = Path.of("");
  private int clients;
  private int admin;

  @BeforeEach
  void isPossible() throws Exception {
    Tool.orSkip("psql", "postgresql-client");
    Tool.orSkip("curl", "curl");
    assumeTrue(Files.exists(DISTRIBUTION), "not checked: the archive has not been built");
    Tool.orSkip("cp", "coreutils").run("-r", DISTRIBUTION, work);
    home = work.resolve("herald");
    clients = Tool.freePort();
    admin = Tool.freePort();
  }

  /** A shell block behind a heading of a page: the first one that has this in it. */
  private static String block(String page, String heading, String part) throws IOException {
    String text = Files.readString(DeployFiles.inRepository(page));
    int begin = text.indexOf("\n" + heading + "\n");
    assertThat(begin).as(heading).isNotNegative();
    Matcher block = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(text);
    boolean isFound = block.find(begin);
    while (isFound && !block.group(1).contains(part)) {
      isFound = block.find();
    }
    assertThat(isFound).as("%s: %s", heading, part).isTrue();
    return block.group(1);
  }

  private Process bash(String script, Path output) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", script);
    builder
        .environment()
        .putAll(
            Map.of(
                "JAVA_HOME",
                System.getProperty("java.home"),
                "HERALD_BIND",
                "127.0.0.1:" + clients,
                "HERALD_ADMIN",
                "127.0.0.1:" + admin,
                "HERALD_DRAIN_DELAY",
                "0s",
                "HERALD_DRAIN_PERIOD",
                "0s"));
    return builder
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Runs a block to its end, and returns what it says. */
  private String run(String script) throws Exception {
    Path output = Files.createTempFile(work, "block", ".out");
    Process process = bash(script, output);
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as(script).isTrue();
    String said = Files.readString(output);
    assertThat(process.exitValue()).as("%s: %s", script, said).isZero();
    return said;
  }

  private boolean isReady() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/readyz")).build();
    try {
      return HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The README's way to a gateway of one's own, without the two lines that build it. */
  private static String withYourOwnDatabase(String url) throws IOException {
    String script =
        block("README.md", "## With your own database", "bin/herald serve")
            .replaceFirst("(?m)^\\./mvnw .*\n", "")
            .replaceFirst("(?m)^cd .*\n", "")
            .replace("psql …", "psql -v ON_ERROR_STOP=1 '" + url + "'")
            .replaceFirst("HERALD_DATABASE=\\S+", "HERALD_DATABASE='" + url + "'");
    assertThat(script.split(url, -1)).as("both places of the database").hasSize(3);
    return script;
  }

  @Test
  void aGatewayOfOnesOwnIsStartedSignedForAndLookedAt() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    String hex = HexFormat.of().formatHex(bytes);
    WalletKey key = WalletKey.fromHex(hex);
    new Community(database.dataSource()).createUser("reader", key.wallet());
    Path output = work.resolve("output");
    Process process = bash(withYourOwnDatabase(database.url()), output);
    try {
      Eventually.holds(
          "it is ready", 2 * (int) DEADLINE_SECONDS, () -> isReady() || !process.isAlive());
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
      assertThat(Files.readString(output)).contains("Ready for herald serve: 0 failed");
      TestClient.connect(clients, key).close();
      look(hex);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  private void look(String hex) throws Exception {
    String sign = block("README.md", "## With your own database", "bin/herald sign");
    assertThat(run(sign.replace("HERALD_KEY=…", "HERALD_KEY=" + hex)))
        .startsWith("ws://127.0.0.1:8080/comms/chats/ws?")
        .contains("signature=");

    String level = block("docs/operations.md", "### The log level", "/log-level");
    String said = run(level.replace("127.0.0.1:9090", "127.0.0.1:" + admin));
    assertThat(said).containsSubsequence("info", "debug");

    String status = block("docs/operations.md", "## Where a user stands", "/status?user");
    assertThat(run(status.replace("127.0.0.1:9090", "127.0.0.1:" + admin)))
        .contains("\"connections\"");
  }
}
