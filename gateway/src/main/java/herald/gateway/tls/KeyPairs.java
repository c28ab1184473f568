package herald.gateway.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks whether a private key belongs to a certificate. While an operator replaces the two files,
 * one is new and the other still old for a moment, and not every TLS implementation notices that.
 */
final class KeyPairs {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private KeyPairs() {}

  /**
   * Signs something with the key and verifies it with the certificate.
   *
   * @param certificates PEM, the server's own first
   * @param privateKey PEM, PKCS #8
   * @throws IllegalArgumentException when they don't belong together or can't be read
   */
  static void requireMatch(byte[] certificates, byte[] privateKey) {
    Matcher matcher = PKCS8.matcher(new String(privateKey, StandardCharsets.ISO_8859_1));
    if (!matcher.find()) {
      throw new IllegalArgumentException("no PKCS #8 key in the key file");
    }
    requireMatchOfDer(certificates, Base64.getMimeDecoder().decode(matcher.group(1)));
  }

  /** The same with a key in DER. */
  static void requireMatchOfDer(byte[] certificates, byte[] encoded) {
    try {
      PublicKey publicKey =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificates))
              .getPublicKey();
      String algorithm = publicKey.getAlgorithm();
      PrivateKey key =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      Signature signature = Signature.getInstance(signatureOf(algorithm));
      byte[] text = "herald".getBytes(StandardCharsets.US_ASCII);
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(text);
      if (!signature.verify(signed)) {
        throw new IllegalArgumentException("the key is not the certificate's");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key is not the certificate's", e);
    }
  }

  /**
   * When the first of the certificates will expire.
   *
   * @param certificates PEM, which have been read before
   */
  static Instant firstExpiration(byte[] certificates) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(certificates))
          .stream()
          .map(certificate -> ((X509Certificate) certificate).getNotAfter().toInstant())
          .min(Comparator.naturalOrder())
          .orElseThrow(() -> new IllegalArgumentException("no certificate in the file"));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("a certificate of the chain can't be read", e);
    }
  }

  /** A digest of files, by which a change of one of them is noticed. */
  static String digest(byte[]... files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] file : files) {
        digest.update(file);
      }
      return Base64.getEncoder().encodeToString(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }

  private static String signatureOf(String algorithm) {
    return switch (algorithm) {
      case "RSA" -> "SHA256withRSA";
      case "EC" -> "SHA256withECDSA";
      default -> algorithm;
    };
  }
}
