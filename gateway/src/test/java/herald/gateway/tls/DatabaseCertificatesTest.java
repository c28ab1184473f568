package herald.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseCertificatesTest {
  private static final DatabaseUrl WITHOUT = DatabaseUrl.parse("postgresql://me@127.0.0.1:1/x");

  @TempDir private Path folder;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
  private final Instant soon =
      Instant.now().plus(Duration.ofHours(3)).truncatedTo(ChronoUnit.SECONDS);
  private final Instant later = soon.plus(Duration.ofHours(3));

  private void writeCertificate(X509Bundle bundle) throws Exception {
    Files.writeString(folder.resolve("a.crt"), bundle.getCertificatePEM());
  }

  private void writeKey(X509Bundle bundle) throws Exception {
    Files.write(folder.resolve("a.pk8"), bundle.getKeyPair().getPrivate().getEncoded());
  }

  private DatabaseUrl withCertificate() {
    return DatabaseUrl.parse(
        "postgresql://me@127.0.0.1:1/x?sslmode=require&sslcert=%s&sslkey=%s"
            .formatted(folder.resolve("a.crt"), folder.resolve("a.pk8")));
  }

  private DatabaseCertificates look(DatabaseUrl listen, DatabaseUrl read) {
    DatabaseCertificates certificates =
        new DatabaseCertificates(listen, read, meters.reloads(), supervisor.failures(), 50);
    certificates.start();
    return certificates;
  }

  private double expiration(String files) {
    String name = "herald.certificate.expiration.timestamp.seconds";
    return registry.get(name).tag("files", files).gauge().value();
  }

  private double successful(String files) {
    return registry.get("herald.reload.last.successful").tag("files", files).gauge().value();
  }

  @Test
  void saysWhenTheCertificateExpiresAndWhetherNewConnectionsCanShowIt() throws Exception {
    X509Bundle first = TestCertificates.selfSigned("first", soon);
    X509Bundle second = TestCertificates.selfSigned("second", later);
    writeCertificate(first);
    writeKey(first);
    try (DatabaseCertificates certificates = look(withCertificate(), withCertificate())) {
      assertThat(certificates).isNotNull();
      Eventually.holds("it is read", 20, () -> expiration("database_tls") == soon.getEpochSecond());
      assertThat(successful("database_tls")).isEqualTo(1);
      assertThat(expiration("read_database_tls")).as("the same database").isNaN();

      writeCertificate(second);
      Eventually.holds("half a pair is no pair", 20, () -> successful("database_tls") == 0);
      assertThat(expiration("database_tls")).isEqualTo((double) soon.getEpochSecond());
      writeKey(second);
      Eventually.holds(
          "the new one is read", 20, () -> expiration("database_tls") == later.getEpochSecond());
      Eventually.holds("all is well", 20, () -> successful("database_tls") == 1);

      Files.delete(folder.resolve("a.crt"));
      Eventually.holds("a file is missing", 20, () -> successful("database_tls") == 0);
      assertThat(
              registry.get("herald.reload.failures").tag("files", "database_tls").counter().count())
          .isGreaterThanOrEqualTo(2);
      assertThat(supervisor.failures().count(Place.TLS)).isZero();
    }
  }

  @Test
  void theDatabaseThatIsReadHasItsOwn() throws Exception {
    X509Bundle one = TestCertificates.selfSigned("one", soon);
    writeCertificate(one);
    writeKey(one);
    try (DatabaseCertificates certificates = look(WITHOUT, withCertificate())) {
      assertThat(certificates).isNotNull();
      Eventually.holds(
          "it is read", 20, () -> expiration("read_database_tls") == soon.getEpochSecond());
      assertThat(expiration("database_tls")).isNaN();
      assertThat(successful("database_tls")).as("nothing is asked for").isEqualTo(1);
    }
  }
}
