package herald.protocol;

import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.util.BigIntegers;

/**
 * The private key of a wallet: what a client signs its requests with. The gateway has none; the
 * command line, the demo, the tests and the load driver do.
 */
public final class WalletKey {
  private static final X9ECParameters PARAMETERS = CustomNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN = new ECDomainParameters(PARAMETERS);
  private static final int SCALAR_BYTES = 32;

  private final BigInteger secret;
  private final RecoveredWallet identity;
  private final WalletRecovery recovery = new BouncyCastleRecovery();

  private WalletKey(BigInteger secret) {
    if (secret.signum() <= 0 || secret.compareTo(DOMAIN.getN()) >= 0) {
      throw new IllegalArgumentException(
          "the private key is out of range (expected: from 1 to the order of secp256k1)");
    }
    this.secret = secret;
    identity = RecoveredWallet.of(DOMAIN.getG().multiply(secret).normalize().getEncoded(false));
  }

  /** A new key. */
  public static WalletKey random(SecureRandom random) {
    byte[] bytes = new byte[SCALAR_BYTES];
    random.nextBytes(bytes);
    bytes[0] &= 0x7F;
    bytes[SCALAR_BYTES - 1] |= 1;
    return new WalletKey(new BigInteger(1, bytes));
  }

  /**
   * Reads 64 hex digits, with or without {@code 0x}.
   *
   * @throws IllegalArgumentException with a message that does not hold the key
   */
  public static WalletKey fromHex(String hex) {
    String digits = hex.startsWith("0x") ? hex.substring(2) : hex;
    byte[] bytes = null;
    try {
      bytes = HexFormat.of().parseHex(digits);
    } catch (IllegalArgumentException e) {
      // Reported below: the exception's own message would hold the key.
    }
    if (bytes == null || bytes.length != SCALAR_BYTES) {
      throw new IllegalArgumentException(
          "the private key has " + digits.length() + " characters (expected: 64 hex digits)");
    }
    return new WalletKey(new BigInteger(1, bytes));
  }

  /** Signs keccak256 of {@code message}: r, s, recovery id; deterministic (RFC 6979), low s. */
  public byte[] sign(byte[] message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
    BigInteger[] rs = signer.generateSignature(Keccak256.hash(message));
    BigInteger negated = DOMAIN.getN().subtract(rs[1]);
    byte[] signature = new byte[SignatureText.SIGNATURE_BYTES];
    BigIntegers.asUnsignedByteArray(rs[0], signature, 0, SCALAR_BYTES);
    BigIntegers.asUnsignedByteArray(rs[1].min(negated), signature, SCALAR_BYTES, SCALAR_BYTES);
    for (byte recoveryId = 0; recoveryId < 4; recoveryId++) {
      signature[2 * SCALAR_BYTES] = recoveryId;
      if (identity.equals(recovery.recover(message, signature))) {
        return signature;
      }
    }
    throw new IllegalStateException("a signature of this key does not recover to it");
  }

  /** {@code 0x} and 40 lower-case hex digits. */
  public String wallet() {
    return identity.wallet();
  }

  /** The 65 bytes of the uncompressed public key. */
  public byte[] publicKey() {
    return Arrays.copyOf(identity.publicKey(), identity.publicKey().length);
  }

  /** The key itself as 64 hex digits, for a demo that shows it to its user. */
  public String toHex() {
    return HexFormat.of().formatHex(BigIntegers.asUnsignedByteArray(SCALAR_BYTES, secret));
  }

  /** {@code path?timestamp=…&signature=…}, signed as the published client does. */
  public String signedPath(String path, long timestampMillis) {
    return signedPath(path, timestampMillis, Map.of());
  }

  /** The same with further parameters, which are signed too. */
  public String signedPath(String path, long timestampMillis, Map<String, String> parameters) {
    Map<String, String> sorted = new TreeMap<>(parameters);
    sorted.put("timestamp", Long.toString(timestampMillis));
    StringBuilder query = new StringBuilder();
    sorted.forEach(
        (name, value) ->
            query
                .append(query.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    try {
      SignedRequest request = SignedRequest.parse(path, query.toString());
      byte[] signature = sign(request.canonical().getBytes(StandardCharsets.UTF_8));
      String text = Base64.getEncoder().encodeToString(signature);
      return path + "?" + query + "&signature=" + URLEncoder.encode(text, StandardCharsets.UTF_8);
    } catch (MalformedRequestException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The wallet, never the key. */
  @Override
  public String toString() {
    return identity.toString();
  }
}
