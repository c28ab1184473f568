package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import herald.gateway.check.Finding;
import herald.gateway.check.Finding.Level;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.NatsServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of an engine and a stream that are not as they should be. */
class StreamCheckIT {
  @TempDir private Path folder;

  private static List<Finding> check(StreamSettings settings) throws InterruptedException {
    return check(settings, Duration.ofMinutes(10));
  }

  private static List<Finding> check(StreamSettings settings, Duration horizon)
      throws InterruptedException {
    return new StreamCheck(settings, horizon).run();
  }

  private static Finding failure(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.level() == Level.FAIL)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing has failed: " + findings));
  }

  private Path file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void aStreamAsItShouldBeHasNoFailure() throws Exception {
    try (NatsServer nats = NatsServer.start()) {
      nats.createStream();
      List<Finding> findings = check(nats.settings());
      assertThat(findings)
          .extracting(Finding::subject)
          .containsExactly(
              "engine",
              "subjects",
              "storage",
              "replicas",
              "retention",
              "payload",
              "duplicates",
              "reading",
              "instances");
      assertThat(findings).noneMatch(finding -> finding.level() == Level.FAIL);
      assertThat(findings)
          .filteredOn(finding -> finding.level() == Level.WARN)
          .singleElement()
          .extracting(Finding::sentence)
          .asString()
          .startsWith("the stream is on 1 server, and is lost with it");
      assertThat(failure(check(nats.settings(), Duration.ofHours(1))).sentence())
          .startsWith("the stream keeps messages for 15m, less than the horizon of 1h");
    }
  }

  @Test
  void whatIsNotThereIsSaidInASentence() throws Exception {
    try (NatsServer nats = NatsServer.start()) {
      assertThat(failure(check(nats.settings())).sentence())
          .isEqualTo(
              "the stream herald does not exist (expected: made by herald relay --create-stream)");
      nats.kill();
      assertThat(failure(check(nats.settings())).sentence()).contains("Connection refused");
    }
  }

  @Test
  void credentialsAreUsedAndWrongOnesAreSaid() throws Exception {
    try (NatsServer nats = NatsServer.start("--user", "herald", "--pass", "right")) {
      StreamSettings settings = nats.settings();
      Path wrong = file("wrong", "wrong");
      Path right = file("right", "right");
      String said =
          failure(check(settings.withCredentials(null, "herald", wrong, null, null))).sentence();
      assertThat(said).containsIgnoringCase("authorization").doesNotContain("wrong");
      assertThat(
              failure(check(settings.withCredentials(null, "herald", right, null, null)))
                  .sentence())
          .startsWith("the stream herald does not exist");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> check(settings.withCredentials(null, "herald", right, right, null)))
          .withMessageContaining("more than one of");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> check(settings.withCredentials(folder.resolve("none"), null, null, null, null)))
          .withMessageContaining("can't be read");
    }
  }

  @Test
  void whatAClientMayNotDoIsSaid() throws Exception {
    Path config =
        file(
            "nats.conf",
            """
            authorization {
              users = [
                { user: admin, password: admin }
                { user: herald, password: herald,
                  permissions: {
                    publish: ["$JS.API.>", "_INBOX.>"], subscribe: ["_INBOX.>"] } }
              ]
            }
            """);
    try (NatsServer nats = NatsServer.start("--config", config.toString())) {
      nats.as("admin", "admin").createStream();
      Path password = file("password", "herald");
      Finding failed =
          failure(check(nats.settings().withCredentials(null, "herald", password, null, null)));
      assertThat(failed.subject()).isEqualTo("instances");
      assertThat(failed.sentence()).startsWith("what is sent to herald.instances is not heard");
    }
  }

  @Test
  void overTlsTheNameOfTheServerIsChecked() throws Exception {
    X509Bundle pair =
        new CertificateBuilder()
            .subject("CN=nats")
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path certificate = file("server.crt", pair.getCertificatePathPEM());
    Path key = file("server.key", pair.getPrivateKeyPEM());
    try (NatsServer nats =
        NatsServer.start(
            "--tls", "--tlscert", certificate.toString(), "--tlskey", key.toString())) {
      assertThat(failure(check(tls("localhost", nats, certificate))).sentence())
          .startsWith("the stream herald does not exist");
      // The same server and the same authority, by a name that is not in the certificate.
      assertThat(failure(check(tls("127.0.0.1", nats, certificate))).sentence())
          .contains("No subject alternative names");
      assertThat(failure(check(StreamSettings.of("tls://localhost:" + nats.port()))).subject())
          .isEqualTo("engine");
    }
  }

  private static StreamSettings tls(String host, NatsServer nats, Path authority) {
    return StreamSettings.of("tls://" + host + ":" + nats.port())
        .withCredentials(authority, null, null, null, null);
  }
}
