package herald.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import herald.gateway.testing.TestCertificates;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The certificate by which Herald shows a database who it is. */
class DatabaseTlsTest {
  @TempDir private Path folder;

  @Test
  void theCertificateIsTranslatedForBothDrivers() {
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://me@db/x?sslmode=require&sslcert=a.crt&sslkey=a.pk8");
    assertThat(url.jdbcProperties())
        .containsEntry("sslcert", "a.crt")
        .containsEntry("sslkey", "a.pk8");
    assertThat(url.listenerProperties())
        .containsEntry("ssl.certificate.file", "a.crt")
        .containsEntry("ssl.key.file", "a.pk8");
    assertThat(url.eachHost().get(0).listenerProperties()).isEqualTo(url.listenerProperties());
    assertThat(url).isNotEqualTo(DatabaseUrl.parse("postgresql://me@db/x?sslmode=require"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sslmode=require&sslcert=a | the database URL has sslcert without sslkey (expected: both,",
        "sslmode=require&sslkey=a  | the database URL has sslkey without sslcert (expected: both,",
        "sslcert=a&sslkey=b        | the database URL has sslcert without TLS (expected: sslmode=",
        "sslmode=disable&sslcert=a&sslkey=b | the database URL has sslcert without TLS (expected: ",
      })
  void whatDoesNotGoTogetherIsRefused(String query, String sentence) {
    Refusals.assertRefused(() -> DatabaseUrl.parse("postgresql://me@db/x?" + query), sentence);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  private DatabaseUrl url(Path certificate, Path key) {
    return DatabaseUrl.parse(
        "postgresql://me@db/x?sslmode=require&sslcert=" + certificate + "&sslkey=" + key);
  }

  @Test
  void filesThatTheDriversCanNotReadAreRefused() throws Exception {
    X509Bundle bundle = TestCertificates.selfSigned("me");
    Path certificate =
        file("a.crt", bundle.getCertificatePEM().getBytes(StandardCharsets.US_ASCII));
    Path key = file("a.pk8", bundle.getKeyPair().getPrivate().getEncoded());
    Path pem = file("a.key", bundle.getPrivateKeyPEM().getBytes(StandardCharsets.US_ASCII));
    Path rsa =
        file(
            "rsa.pk8",
            TestCertificates.selfSigned("me", CertificateBuilder.Algorithm.rsa2048)
                .getKeyPair()
                .getPrivate()
                .getEncoded());
    Path none = folder.resolve("none");

    assertThatCode(() -> url(certificate, key).requireReadableFiles()).doesNotThrowAnyException();
    assertRefused(url(certificate, none), "sslkey " + none + " can't be read (expected: ");
    assertRefused(url(none, key), "sslcert " + none + " can't be read (expected: ");
    assertRefused(url(key, key), "sslcert " + key + " is no certificate (expected: PEM)");
    assertRefused(
        url(certificate, pem), "sslkey " + pem + " is PEM (expected: PKCS #8 in DER without");
    assertRefused(url(certificate, rsa), "sslkey " + rsa + " is no private key of the kind of");
    assertRefused(url(certificate, certificate), "sslkey " + certificate + " is PEM (expected: ");
  }

  private static void assertRefused(DatabaseUrl url, String sentence) {
    Refusals.assertRefused(url::requireReadableFiles, sentence);
  }
}
