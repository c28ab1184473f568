package herald.gateway.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.TlsSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.ReloadMeters;
import herald.gateway.metrics.ReloadMeters.Reloads;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTlsTest {
  private static final String THREAD = "herald-tls";

  @TempDir private Path folder;
  private final AtomicLong aheadNanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final Supervisor supervisor =
      new Supervisor(meters.supervision(), () -> System.nanoTime() + aheadNanos.get());
  private TlsSettings settings;

  @BeforeEach
  void writeFiles() throws Exception {
    settings =
        new TlsSettings(
            folder.resolve("tls.crt"), folder.resolve("tls.key"), Duration.ofMillis(100));
    TestCertificates.write(settings, TestCertificates.selfSigned("first"));
  }

  private Reloads reloads() {
    return meters.reloads().of(ReloadMeters.Files.TLS);
  }

  private ServerTls load(@Nullable Path authorities) {
    return new ServerTls(settings, authorities, THREAD, 1_000, reloads(), supervisor);
  }

  @Test
  void servesWithTheJdkToo() {
    try (ServerTls tls =
        new ServerTls(settings, null, THREAD, 1_000, reloads(), supervisor, SslProvider.JDK)) {
      SslHandler handler = tls.newHandler(ByteBufAllocator.DEFAULT);
      assertThat(handler.engine().getEnabledProtocols())
          .containsExactlyInAnyOrder("TLSv1.2", "TLSv1.3");
      assertThat(tls.providerName()).isEqualTo("the JDK");
    }
  }

  @Test
  void aReloadThatStandsStillIsSeen() throws Exception {
    try (ServerTls tls = load(null)) {
      assertThat(tls).isNotNull();
      // A pipe into which nobody writes: whoever reads it waits.
      Path pipe = settings.privateKey();
      Files.delete(pipe);
      assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
      try (OutputStream opened =
          CompletableFuture.supplyAsync(() -> open(pipe)).get(20, TimeUnit.SECONDS)) {
        assertThat(opened).as("opens when the reader does").isNotNull();
        aheadNanos.set(TimeUnit.SECONDS.toNanos(62));
        assertThat(supervisor.problem()).matches("the thread herald-tls has not moved for 6\\d s");
        Files.delete(pipe);
        TestCertificates.writeKey(settings, TestCertificates.selfSigned("second"));
      }
      Eventually.holds("it moves again", 20, () -> supervisor.problem() == null);
    }
  }

  private static OutputStream open(Path pipe) {
    try {
      return Files.newOutputStream(pipe);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private double gauge(String name) {
    return registry.get(name).tag("files", "tls").gauge().value();
  }

  /** The certificate of an authority that goes with it expires sooner. */
  @Test
  void saysWhenTheFirstCertificateExpiresAndWhetherFilesCouldBeUsed() throws Exception {
    String expiration = "herald.certificate.expiration.timestamp.seconds";
    assertThat(gauge(expiration)).isNaN();
    Instant soon = Instant.now().plus(Duration.ofHours(3)).truncatedTo(ChronoUnit.SECONDS);
    X509Bundle authority = TestCertificates.selfSigned("authority", soon);
    X509Bundle second = TestCertificates.issuedBy(authority, "second");
    try (ServerTls tls = load(null)) {
      assertThat(tls).isNotNull();
      assertThat(gauge(expiration)).isGreaterThan((double) soon.getEpochSecond());
      Files.writeString(
          settings.certificates(),
          second.getCertificatePathPEM() + authority.getRootCertificatePEM());
      Eventually.holds("it is refused", 20, () -> gauge("herald.reload.last.successful") == 0);
      assertThat(gauge(expiration)).as("not in use").isGreaterThan((double) soon.getEpochSecond());
      TestCertificates.writeKey(settings, second);
      Eventually.holds("it is used", 20, () -> gauge(expiration) == soon.getEpochSecond());
      Eventually.holds("all is well", 20, () -> gauge("herald.reload.last.successful") == 1);
      assertThat(registry.get("herald.reload.failures").tag("files", "tls").counter().count())
          .isPositive();
    }
  }

  @Test
  void saysWhatIsWrongWithTheFiles() throws Exception {
    TestCertificates.writeKey(settings, TestCertificates.selfSigned("another"));
    assertThatThrownBy(() -> load(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tls.crt")
        .hasMessageContaining("the key is not the certificate's (expected: readable PEM files");
    Files.writeString(settings.privateKey(), "no key");
    assertThatThrownBy(() -> load(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no PKCS #8 key in the key file");
    Files.delete(settings.privateKey());
    assertThatThrownBy(() -> load(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't be used");
  }

  @Test
  void saysWhatIsWrongWithTheClientsAuthorities() throws Exception {
    Path authorities = Files.writeString(folder.resolve("ca.crt"), "no certificate");
    assertThatThrownBy(() -> load(authorities))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the clients' authorities " + authorities + " are no certificates");
    Files.delete(authorities);
    assertThatThrownBy(() -> load(authorities))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("can't be used");
  }
}
