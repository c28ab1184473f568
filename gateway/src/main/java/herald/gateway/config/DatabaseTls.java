package herald.gateway.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * TLS to a database, and the certificate by which the client says who it is. The drivers read the
 * files for each connection, so that they may be replaced.
 *
 * @param rootCertificate PEM; signs the server's certificate
 * @param certificate PEM, the client's; null without one
 * @param key its private key; null without one
 */
record DatabaseTls(
    String mode,
    @Nullable String rootCertificate,
    @Nullable String certificate,
    @Nullable String key) {
  private static final List<String> MODES =
      List.of("disable", "require", "verify-ca", "verify-full");

  /** The listener's driver reads no other form. */
  private static final String EXPECTED_KEY =
      " (expected: PKCS #8 in DER without a password: openssl pkcs8 -topk8 -nocrypt -outform DER)";

  /**
   * Reads the parameters of a URL.
   *
   * @throws IllegalArgumentException with one sentence
   */
  static DatabaseTls of(Map<String, String> parameters) {
    DatabaseTls tls =
        new DatabaseTls(
            parameters.getOrDefault("sslmode", "disable"),
            parameters.get("sslrootcert"),
            parameters.get("sslcert"),
            parameters.get("sslkey"));
    if (!MODES.contains(tls.mode)) {
      throw new IllegalArgumentException(
          "sslmode is '" + tls.mode + "' (expected: one of " + String.join(", ", MODES) + ")");
    }
    if (tls.mode.startsWith("verify") && tls.rootCertificate == null) {
      throw new IllegalArgumentException(
          "sslmode is '" + tls.mode + "' without sslrootcert (expected: the path of a PEM file)");
    }
    if ((tls.certificate == null) != (tls.key == null)) {
      throw new IllegalArgumentException(
          "the database URL has "
              + (tls.key == null ? "sslcert without sslkey" : "sslkey without sslcert")
              + " (expected: both, or neither)");
    }
    if (tls.certificate != null && tls.mode.equals("disable")) {
      throw new IllegalArgumentException(
          "the database URL has sslcert without TLS (expected: sslmode=verify-full, verify-ca or"
              + " require)");
    }
    return tls;
  }

  /**
   * Reads the client's files as the drivers will, which would say less of what is wrong, and later.
   *
   * @throws IllegalArgumentException with one sentence
   */
  void requireReadable() {
    if (certificate == null || key == null) {
      return;
    }
    String algorithm = publicKeyAlgorithm(certificate);
    byte[] encoded;
    try {
      encoded = Files.readAllBytes(Path.of(key));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "sslkey " + key + " can't be read (expected: a readable file)", e);
    }
    if (new String(encoded, StandardCharsets.ISO_8859_1).startsWith("-----BEGIN")) {
      throw new IllegalArgumentException("sslkey " + key + " is PEM" + EXPECTED_KEY);
    }
    try {
      var unused =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "sslkey " + key + " is no private key of the kind of sslcert" + EXPECTED_KEY, e);
    }
  }

  private static String publicKeyAlgorithm(String file) {
    try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(Path.of(file)))) {
      Certificate first = CertificateFactory.getInstance("X.509").generateCertificate(in);
      return first.getPublicKey().getAlgorithm();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "sslcert " + file + " can't be read (expected: a readable file)", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "sslcert " + file + " is no certificate (expected: PEM)", e);
    }
  }

  /** In the names of PostgreSQL's own JDBC driver. */
  void addJdbc(Properties properties) {
    add(properties, "sslmode", mode);
    add(properties, "sslrootcert", rootCertificate);
    add(properties, "sslcert", certificate);
    add(properties, "sslkey", key);
  }

  /** In pgjdbc-ng's names. */
  void addListener(Properties properties) {
    add(properties, "ssl.mode", mode);
    add(properties, "ssl.ca.certificate.file", rootCertificate);
    add(properties, "ssl.certificate.file", certificate);
    add(properties, "ssl.key.file", key);
  }

  private static void add(Properties properties, String name, @Nullable String value) {
    if (value != null) {
      properties.setProperty(name, value);
    }
  }
}
