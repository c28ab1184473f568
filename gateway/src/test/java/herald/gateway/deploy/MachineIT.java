package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands by which {@code deploy/README.md} installs, upgrades and takes back a gateway on a
 * machine, as they stand there. They run as root; {@code /opt} and {@code /etc} are copies in a
 * mount namespace of their own. systemd's part is played by a script.
 */
final class MachineIT {
  private static final long DEADLINE_SECONDS = 240;
  private static final Path ARCHIVE = Path.of("target/herald.tar.gz");
  private static final Path SCRIPTS =
      Path.of("src/test/resources/herald/gateway/deploy/machine").toAbsolutePath();

  @TempDir private Path work;

  @BeforeEach
  void isPossible() throws Exception {
    for (String program : new String[] {"bash", "curl", "setpriv", "unshare", "tar"}) {
      Tool.orSkip(program, program.equals("curl") ? "curl" : "util-linux");
    }
    assumeTrue(Files.exists(ARCHIVE), "not checked: the archive has not been built");
    assumeTrue(
        !System.getProperty("java.home").startsWith("/opt/"),
        "not checked: Java is in /opt, which the test hides");
    Tool.orSkip("unshare", "util-linux").runOrSkip("-m", "mount", "--make-rprivate", "/");
  }

  /** The shell block behind a heading of the page. */
  private static String block(String heading) throws IOException {
    Matcher block =
        Pattern.compile("\n" + heading + "\n.*?```sh\n(.*?)```", Pattern.DOTALL)
            .matcher(DeployFiles.text("README.md"));
    assertThat(block.find()).as(heading).isTrue();
    return block.group(1);
  }

  /** What the page leaves to the operator: the database, ports that are free here, less memory. */
  private String edits(SharedDatabase database, int clients, int admin) {
    String url = database.url().replaceFirst(":[^:@/]*@", "@");
    return """
    sed -i -e 's#^HERALD_DATABASE=.*#HERALD_DATABASE=%s#' -e 's#:8080$#:%d#' -e 's#:9090$#:%d#' \\
      -e 's#^HERALD_JAVA_OPTS=.*#HERALD_JAVA_OPTS=-Xmx256m#' -e 's#=100000$#=500#' /etc/herald/herald.env
    printf 'JAVA_HOME=%s\\nHERALD_LOG_SIZE=32m\\nHERALD_DRAIN_DELAY=0s\\nHERALD_DRAIN_PERIOD=0s\\n' >>/etc/herald/herald.env
    """
        .formatted(url, clients, admin, System.getProperty("java.home"));
  }

  @Test
  void itIsInstalledUpgradedAndTakenBackAsThePageSays() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser reader = new PlatformUser(1, "reader", key.wallet());
    PlatformUser writer = new PlatformUser(2, "writer", "0x" + "b".repeat(40));
    new Community(database.dataSource()).createUsers(List.of(reader, writer));
    Platform platform = new Platform(database.dataSource());
    String chat = platform.createChat(reader, writer).subjectId();
    int clients = Tool.freePort();
    int admin = Tool.freePort();
    prepare(database, clients, admin);

    Path output = work.resolve("output");
    Process process =
        Tool.orSkip("unshare", "util-linux")
            .start(output, "-m", SCRIPTS.resolve("run"), work, DeployFiles.path(""));
    try {
      Eventually.holds(
          "it is installed",
          DEADLINE_SECONDS,
          () -> Files.exists(work.resolve("installed")) || !process.isAlive());
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
      try (TestClient client = TestClient.connect(clients, key)) {
        client.awaitMessage(platform.message(writer, chat, "installed").subjectId());
      }
      Files.createFile(work.resolve("go-on"));
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroy();
    }
    String said = Files.readString(output);
    assertThat(process.exitValue()).as(said).isZero();
    assertThat(said)
        .contains(
            "installed: /opt/herald-" + version() + "/lib uid 64999\n",
            "/etc/herald/database-password 600 root\n",
            "Ready for herald serve: 0 failed",
            "upgrade: /opt/herald-0.2.0/lib uid 64999\n",
            "rollback: /opt/herald-" + version() + "/lib uid 64999\n",
            "ended 0\n")
        .doesNotContain("not of root alone");
  }

  private static String version() throws IOException {
    Matcher version =
        Pattern.compile("<version>(.*?)</version>")
            .matcher(Files.readString(DeployFiles.inRepository("pom.xml")));
    assertThat(version.find()).isTrue();
    return version.group(1);
  }

  private void prepare(SharedDatabase database, int clients, int admin) throws Exception {
    Files.copy(ARCHIVE, work.resolve("herald.tar.gz"));
    String other = "herald-0.2.0";
    Tool tar = Tool.orSkip("tar", "tar");
    Path unpacked = Files.createDirectories(work.resolve("next"));
    tar.run("-xzf", ARCHIVE, "-C", unpacked);
    Files.move(unpacked.resolve("herald-" + version()), unpacked.resolve(other));
    tar.run(
        "-czf", work.resolve(other + ".tar.gz"), "--owner=0", "--group=0", "-C", unpacked, other);

    Matcher password = Pattern.compile("://[^:]*:([^@]*)@").matcher(database.url());
    Files.writeString(work.resolve("password"), password.find() ? password.group(1) : "none");
    Files.writeString(work.resolve("admin"), String.valueOf(admin));
    Files.writeString(work.resolve("install"), block("## On a machine"));
    Files.writeString(work.resolve("edit"), edits(database, clients, admin));
    Files.writeString(
        work.resolve("upgrade"),
        block("### Upgrade on a machine").replace(":9090/", ":" + admin + "/"));
    Files.writeString(
        work.resolve("rollback"),
        block("### Rollback on a machine").replace(":9090/", ":" + admin + "/"));
  }
}
