package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.HashIds;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's way to a gateway of one's own, and what the operations page does with it, as they
 * stand there, with a fresh database and the packaged gateway. What the pages leave to the reader
 * is filled in: the database's address, a key, and ports that are free here. {@link PageBlocksTest}
 * says which blocks are run by which test.
 */
final class PagesIT {
  private static final long DEADLINE_SECONDS = 300;
  private static final String OPERATIONS = "docs/operations.md";
  private static final String YOUR_OWN = "## With your own database";
  private static final String EXAMPLE_USER = "7eP5n";

  private final SharedDatabase database = SharedDatabase.fresh();
  private final Platform platform = new Platform(database.dataSource());
  private final String hex = randomKey();
  @TempDir private Path work;
  private PageShell shell;

  PagesIT() throws Exception {}

  @BeforeEach
  void isPossible() throws Exception {
    Tool.orSkip("psql", "postgresql-client");
    shell = new PageShell(work);
  }

  private static String randomKey() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private boolean isReady() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + shell.admin() + "/readyz")).build();
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

  /** Without the two lines that build it. */
  private static String withYourOwnDatabase(String url) throws IOException {
    String script =
        PageBlocks.shell("README.md", YOUR_OWN, "bin/herald serve")
            .replaceFirst("(?m)^\\./mvnw .*\n", "")
            .replaceFirst("(?m)^cd .*\n", "")
            .replace("psql …", "psql -v ON_ERROR_STOP=1 '" + url + "'")
            .replaceFirst("HERALD_DATABASE=\\S+", "HERALD_DATABASE='" + url + "'");
    assertThat(script.split(url, -1)).as("all places of the database").hasSize(4);
    return script;
  }

  @Test
  void aGatewayOfOnesOwnIsStartedUsedLookedAtAndDrained() throws Exception {
    Community community = new Community(database.dataSource());
    PlatformUser reader = community.createUser("reader", WalletKey.fromHex(hex).wallet());
    PlatformUser writer = community.createUser("writer", "0x1");
    String chat = platform.createChat(writer, reader).subjectId();
    Path output = work.resolve("output");
    Process process = shell.start(withYourOwnDatabase(database.url()), output);
    try {
      awaitOrShow(output, () -> isReady() || !process.isAlive());
      assertThat(process.isAlive()).as(said(output)).isTrue();
      assertThat(Files.readString(output)).contains("Ready for herald serve: 0 failed");
      sign();
      lookAtLogLevel();
      String signature = follow(writer, chat, HashIds.encode(reader.userId()));
      explain(signature, HashIds.encode(reader.userId()));
      shell.run(
          PageBlocks.part(OPERATIONS, "`(curl -X POST http://ADMIN/drain)`")
              .replace("ADMIN", "127.0.0.1:" + shell.admin()));
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as("it drains").isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      PageShell.end(process);
    }
    assertThat(Files.readString(output))
        .as("the log level is debug by then")
        .contains("connection opened", "rpc log decided");
    String grep =
        PageBlocks.part(OPERATIONS, "`(grep 'connection ended user=" + EXAMPLE_USER + "')`")
            .replace(EXAMPLE_USER, HashIds.encode(reader.userId()));
    assertThat(shell.run(grep + " " + output)).contains(" close_reason=");
  }

  private String withKey(String script) {
    return script.replace("HERALD_KEY=…", "HERALD_KEY=" + hex);
  }

  private String onAdmin(String script) {
    return script.replace("127.0.0.1:9090", "127.0.0.1:" + shell.admin());
  }

  private void sign() throws Exception {
    assertThat(shell.run(withKey(PageBlocks.shell("README.md", YOUR_OWN, "bin/herald sign"))))
        .startsWith("ws://127.0.0.1:8080/comms/chats/ws?")
        .contains("signature=");
  }

  private void lookAtLogLevel() throws Exception {
    String level = PageBlocks.shell(OPERATIONS, "### The log level", "/log-level");
    assertThat(shell.run(onAdmin(level))).containsSubsequence("info", "debug");
  }

  /** Follows the reader as the README does while a message comes; returns its signature. */
  private String follow(PlatformUser writer, String chat, String reader) throws Exception {
    String tail =
        withKey(
                PageBlocks.part(
                    "README.md", "```text\n\\$ (HERALD_KEY=… bin/herald tail [^\n]*)\n"))
            .replace(":8080", ":" + shell.clients());
    Path output = work.resolve("tail");
    Process process = shell.start("exec env " + tail, output);
    try {
      awaitOrShow(output, () -> said(output).contains("-- connected\n"));
      String status = PageBlocks.shell(OPERATIONS, "## Where a user stands", "/status?user");
      assertThat(shell.run(onAdmin(status.replace(EXAMPLE_USER, reader))))
          .contains("\"user\" : \"" + reader + "\"", "\"state\" : \"open\"", "\"device\" : \"");
      String signature = platform.message(writer, chat, "Rehearsal at eight?").sig();
      awaitOrShow(output, () -> said(output).contains("\"Rehearsal at eight?\""));
      assertThat(Files.readString(output))
          .containsPattern(
              "(?m)^[-0-9T:.]+Z +chat\\.message +from \\w+ +chat \\S+  message \\S+  id [-\\w]+"
                  + "  \"Rehearsal at eight\\?\"$");
      return signature;
    } finally {
      PageShell.end(process);
    }
  }

  /** Waits for long: a block may start a JVM several times. */
  private static void awaitOrShow(Path output, Eventually.Condition condition) throws Exception {
    boolean holds = Eventually.within(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS), condition);
    assertThat(holds).as("in time, but it said: %s", said(output)).isTrue();
  }

  private static String said(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void explain(String signature, String reader) throws Exception {
    String explain =
        PageBlocks.shell(OPERATIONS, "## Why did this user get nothing?", "bin/herald explain")
            .replaceFirst("postgresql://\\S+", "'" + database.url() + "'")
            .replace("SIGNATURE", "'" + signature + "'")
            .replace(EXAMPLE_USER, reader);
    assertThat(shell.run(explain)).contains("pushed     is concerned");
  }
}
