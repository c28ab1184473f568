package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.AdminSettings;
import herald.gateway.config.TlsSettings;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The health check of the image, which has to find the options where the gateway does. */
class HealthCheckTest {
  private static final String NOBODY = "127.0.0.1:1";

  @TempDir private Path folder;
  private AdminServer server;
  private String address;

  @BeforeEach
  void start() throws IOException {
    server = AdminServers.start(AdminSettings.defaults());
    address = "127.0.0.1:" + server.port();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs it for a process with this command line, which is not the gateway. */
  private static boolean isHealthy(Map<String, String> environment, String... commandLine)
      throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "-c", "read -r", "herald", "serve"));
    command.addAll(List.of(commandLine));
    Process process = new ProcessBuilder(command).start();
    try {
      Path given = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      Eventually.holds(
          "the kernel shows its command line", 60, () -> text(given).contains("read -r"));
      ProcessBuilder check =
          new ProcessBuilder("bash", "../deploy/image/health", Long.toString(process.pid()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD);
      check.environment().putAll(environment);
      Process checking = check.start();
      assertThat(checking.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return checking.exitValue() == 0;
    } finally {
      process.destroyForcibly();
    }
  }

  private String file(String... lines) throws IOException {
    return Files.write(folder.resolve("herald.properties"), List.of(lines)).toString();
  }

  @Test
  void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws Exception {
    String right = file("admin-tls-key=a", "max-batch = 5", "  admin = " + address + "  ");
    Map<String, String> environment = Map.of("HERALD_ADMIN", address);
    assertThat(isHealthy(environment)).isTrue();
    assertThat(isHealthy(Map.of("HERALD_ADMIN", NOBODY))).isFalse();
    assertThat(isHealthy(Map.of("HERALD_ADMIN", "0.0.0.0:" + server.port()))).isTrue();
    assertThat(isHealthy(Map.of("HERALD_ADMIN", NOBODY), "--admin", address)).isTrue();
    assertThat(isHealthy(Map.of("HERALD_ADMIN", NOBODY), "--admin=" + address)).isTrue();
    assertThat(isHealthy(environment, "--admin", NOBODY)).isFalse();
    assertThat(isHealthy(Map.of("HERALD_CONFIG", right))).isTrue();
    assertThat(isHealthy(Map.of("HERALD_CONFIG", "none"), "--config", right)).isTrue();
    assertThat(isHealthy(Map.of("HERALD_CONFIG", right, "HERALD_ADMIN", NOBODY))).isFalse();
    for (String line : List.of("admin:" + address, "admin " + address.replace(":", "\\:"))) {
      assertThat(isHealthy(Map.of("HERALD_CONFIG", file(line)))).as(line).isTrue();
    }
    assertThat(isHealthy(Map.of("HERALD_CONFIG", file("#admin=" + address)))).isFalse();
  }

  @Test
  void withTlsTheGatewayHasToEndTheConnection() throws Exception {
    TlsSettings tls =
        new TlsSettings(folder.resolve("a.crt"), folder.resolve("a.key"), Duration.ofMinutes(1));
    TestCertificates.write(tls, TestCertificates.selfSigned("a"));
    server.close();
    server = AdminServers.start(new AdminSettings(tls, null, null));
    Map<String, String> environment = Map.of("HERALD_ADMIN", "127.0.0.1:" + server.port());
    assertThat(isHealthy(environment)).as("without being told of TLS").isFalse();
    assertThat(isHealthy(environment, "--admin-tls-certificate", "a.crt")).isTrue();
    assertThat(isHealthy(environment, "--config", file("admin-tls-certificate=a.crt"))).isTrue();
  }

  /** As a quick gateway does with what is no TLS, while the request is still being written. */
  @Test
  void aConnectionThatIsEndedAtOnceIsEnded() throws Exception {
    try (ServerSocket quick = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread ending =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Socket accepted = quick.accept();
                    accepted.setSoLinger(true, 0);
                    accepted.close();
                  }
                } catch (IOException e) {
                  // The test has ended.
                }
              });
      ending.setDaemon(true);
      ending.start();
      String quickAddress = "127.0.0.1:" + quick.getLocalPort();
      for (int i = 0; i < 20; i++) {
        assertThat(isHealthy(Map.of(), "--admin", quickAddress, "--admin-tls-certificate=a.crt"))
            .isTrue();
      }
    }
  }

  @Test
  void aGatewayThatDoesNotAnswerIsNotHealthy() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String silentAddress = "127.0.0.1:" + silent.getLocalPort();
      assertThat(isHealthy(Map.of(), "--admin", silentAddress)).isFalse();
      assertThat(isHealthy(Map.of(), "--admin", silentAddress, "--admin-tls-certificate=a.crt"))
          .isFalse();
    }
  }
}
