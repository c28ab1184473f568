package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The blocks of the operations page that need no database, with the packaged gateway. */
final class OperationsPageIT {
  private static final String OPERATIONS = "docs/operations.md";
  private static final String NEW_CERTIFICATE =
      "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=herald -addext"
          + " subjectAltName=IP:127.0.0.1 -keyout %s -out %s 2>/dev/null\n";

  @TempDir private Path work;
  private PageShell shell;

  @BeforeEach
  void isPossible() throws Exception {
    Tool.orSkip("openssl", "openssl");
    shell = new PageShell(work);
  }

  @Test
  void theKeyForPostgreSqlIsConverted() throws Exception {
    shell.run(
        NEW_CERTIFICATE.formatted("herald.key", "herald.crt")
            + PageBlocks.shell(OPERATIONS, "## PostgreSQL", "openssl pkcs8"));
    assertThat(Files.getPosixFilePermissions(shell.home().resolve("herald.pk8")))
        .as("not to be readable by everybody")
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    String config =
        "bin/herald config --database"
            + " 'postgresql://me@db/x?sslmode=require&sslcert=herald.crt&sslkey=%s'";
    assertThat(shell.run(config.formatted("herald.pk8"))).contains("sslkey=herald.pk8");
    assertThat(shell.run(2, config.formatted("herald.key")))
        .contains("openssl pkcs8 -topk8 -nocrypt -outform DER");
  }

  /** The gateway finds no database, and serves operators all the same. */
  @Test
  void theAdminAddressHasATokenAndTls() throws Exception {
    Path etc = Files.createDirectory(work.resolve("etc"));
    String address = "127.0.0.1:" + shell.admin();
    String block =
        PageBlocks.shell(OPERATIONS, "## The admin address", "--admin-token-file")
            .replace("/etc/herald", etc.toString())
            .replace("0.0.0.0:9090", address)
            .replace("HOST:9090", address);
    assertThat(block).contains(" …\n").contains("https://" + address + "/metrics");
    shell.set("HERALD_DATABASE", "postgresql://nobody@127.0.0.1:1/none");
    String script =
        NEW_CERTIFICATE.formatted(etc.resolve("admin.key"), etc.resolve("admin.crt"))
            + "cp %1$s/admin.crt %1$s/ca.crt\n".formatted(etc)
            + block.replace(
                " …\n",
                " >log & server=$!\nuntil curl -ksf https://%s/livez; do sleep 0.2; done\n"
                    .formatted(address))
            + "echo; curl -ks -o /dev/null -w '%{http_code}\\n' https://"
            + address
            + "/metrics\n"
            + "kill $server\n";
    assertThat(shell.run(script)).contains("\nherald_connections_open 0").endsWith("\n401\n");
    assertThat(Files.readString(shell.home().resolve("log")))
        .as("no warning that the token is sent in the clear, or that the address is open")
        .doesNotContain("sent unencrypted", "whoever reaches");
  }

  /** The file of the page, and what the page says that the command says of it. */
  @Test
  void whatIsInForceIsShown() throws Exception {
    Path etc = Files.createDirectory(work.resolve("etc"));
    String file =
        PageBlocks.part(OPERATIONS, "```properties\n(# /etc/herald/herald\\.properties\n.*?)```");
    Files.writeString(
        etc.resolve("herald.properties"), file.replace("/etc/herald", etc.toString()));
    Files.writeString(etc.resolve("database-password"), "secret");
    String[] sample =
        PageBlocks.part(OPERATIONS, "```\n\\$ (herald config .*?)```")
            .replace("/etc/herald", etc.toString())
            .split("\n", -1);
    shell.set("HERALD_BIND", "0.0.0.0:8080");
    String said = shell.run("bin/" + sample[0]);
    for (int i = 1; i < sample.length; i++) {
      assertThat("\n" + said).contains("\n" + sample[i].replaceFirst("…$", ""));
    }
    assertThat(said).doesNotContain("secret");
  }
}
