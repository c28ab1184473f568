package herald.gateway.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for localhost that nobody has signed, made by the JDK's keytool. */
final class SelfSigned {
  private static final String ALIAS = "localhost";
  private static final String PASSWORD = "changeit";
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final KeyStore store = KeyStore.getInstance("PKCS12");
  private final Path certificate;
  private final Path key;
  private final Path both;

  /** Makes it, as PEM files in {@code folder}. */
  SelfSigned(Path folder) throws IOException, GeneralSecurityException, InterruptedException {
    Path file = folder.resolve("localhost.p12");
    Tool.inJdk("keytool")
        .run(
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            file,
            "-storepass",
            PASSWORD);
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    String certificatePem = pem("CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
    String keyPem = pem("PRIVATE KEY", store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    certificate = Files.writeString(folder.resolve("localhost.pem"), certificatePem);
    key = Files.writeString(folder.resolve("localhost.key"), keyPem);
    both = Files.writeString(folder.resolve("both.pem"), certificatePem + keyPem);
  }

  private static String pem(String what, byte[] encoded) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + LINES.encodeToString(encoded)
        + "\n-----END "
        + what
        + "-----\n";
  }

  /** The certificate. */
  Path certificate() {
    return certificate;
  }

  /** Its key. */
  Path key() {
    return key;
  }

  /** Both in one file. */
  Path both() {
    return both;
  }

  /** For a client that trusts it. */
  SSLContext trusting() throws GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try {
      trusted.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    trusted.setCertificateEntry(ALIAS, store.getCertificate(ALIAS));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
