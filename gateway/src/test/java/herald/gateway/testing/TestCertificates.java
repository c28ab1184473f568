package herald.gateway.testing;

import herald.gateway.config.TlsSettings;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates, their files, and clients that have them. */
public final class TestCertificates {
  private TestCertificates() {}

  /** One that has issued itself, and may issue others. */
  public static X509Bundle selfSigned(String name) throws Exception {
    return selfSigned(name, CertificateBuilder.Algorithm.ecp256);
  }

  /** The same with a key of another kind. */
  public static X509Bundle selfSigned(String name, CertificateBuilder.Algorithm algorithm)
      throws Exception {
    return builder(name, algorithm).setIsCertificateAuthority(true).buildSelfSigned();
  }

  /** The same with a key of the usual kind, valid until then. */
  public static X509Bundle selfSigned(String name, Instant expires) throws Exception {
    return builder(name, CertificateBuilder.Algorithm.ecp256)
        .notAfter(expires)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  /** One that an authority has issued. */
  public static X509Bundle issuedBy(X509Bundle authority, String name) throws Exception {
    return builder(name, CertificateBuilder.Algorithm.ecp256).buildIssuedBy(authority);
  }

  private static CertificateBuilder builder(String name, CertificateBuilder.Algorithm algorithm) {
    return new CertificateBuilder().subject("CN=" + name).algorithm(algorithm);
  }

  /** Writes certificate and key where the settings say. */
  public static void write(TlsSettings settings, X509Bundle bundle) throws IOException {
    writeCertificate(settings, bundle);
    writeKey(settings, bundle);
  }

  /** Writes the certificate alone. */
  public static void writeCertificate(TlsSettings settings, X509Bundle bundle) throws IOException {
    Files.writeString(settings.certificates(), bundle.getCertificatePathPEM());
  }

  /** Writes the key alone. */
  public static void writeKey(TlsSettings settings, X509Bundle bundle) throws IOException {
    Files.writeString(settings.privateKey(), bundle.getPrivateKeyPEM());
  }

  /**
   * A client's TLS.
   *
   * @param trusted the only certificate that it trusts
   * @param own what it shows; null if it has none
   */
  public static SSLContext client(X509Certificate trusted, @Nullable X509Bundle own)
      throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("x", trusted);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    KeyManager[] keys =
        own == null ? new KeyManager[0] : own.toKeyManagerFactory().getKeyManagers();
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }
}
