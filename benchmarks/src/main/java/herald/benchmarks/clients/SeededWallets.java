package herald.benchmarks.clients;

import fr.acinq.secp256k1.Secp256k1;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.KeccakDigest;

/**
 * The keys of the driver's users: each follows from a seed and the user's number, so that the
 * process that makes the users and the one that signs for them agree without a file.
 *
 * <p>Signs with libsecp256k1, some ten times faster than {@code WalletKey}: a hundred thousand
 * clients are signed for in seconds. Any thread.
 */
public final class SeededWallets {
  private static final String PATH = "/comms/chats/ws";
  private static final int HASH_BYTES = 32;
  private static final int ADDRESS_BYTES = 20;

  private final String seed;
  private final Secp256k1 library = Secp256k1.Companion.get();

  /**
   * @param seed a secret: whoever knows it can sign for all users made from it
   */
  public SeededWallets(String seed) {
    this.seed = seed;
  }

  /** The wallet of a user, in lower case with 0x. */
  public String wallet(int index) {
    byte[] publicKey = library.pubkeyCreate(secret(index));
    byte[] hash = keccak(publicKey, 1);
    return "0x" + HexFormat.of().formatHex(hash, HASH_BYTES - ADDRESS_BYTES, HASH_BYTES);
  }

  /** Path and query of a connection, signed as the published client does. */
  public String signedPath(int index, long timestampMillis) {
    return signed(index, PATH + "?timestamp=" + timestampMillis);
  }

  /** The same for a client that says up to when it has got all. */
  public String signedPath(int index, long timestampMillis, Instant after) {
    String encoded = URLEncoder.encode(after.toString(), StandardCharsets.US_ASCII);
    return signed(index, PATH + "?after=" + encoded + "&timestamp=" + timestampMillis);
  }

  private String signed(int index, String canonical) {
    byte[] hash = keccak(canonical.getBytes(StandardCharsets.US_ASCII), 0);
    String text = Base64.getEncoder().encodeToString(sign(index, hash));
    return canonical + "&signature=" + URLEncoder.encode(text, StandardCharsets.US_ASCII);
  }

  private byte[] sign(int index, byte[] hash) {
    byte[] secret = secret(index);
    byte[] publicKey = library.pubkeyCreate(secret);
    byte[] rs = library.sign(hash, secret);
    for (byte recoveryId = 0; recoveryId < 2; recoveryId++) {
      if (Arrays.equals(publicKey, library.ecdsaRecover(rs, hash, recoveryId))) {
        byte[] signature = Arrays.copyOf(rs, rs.length + 1);
        signature[rs.length] = recoveryId;
        return signature;
      }
    }
    throw new IllegalStateException("a signature of this key does not recover to it");
  }

  private byte[] secret(int index) {
    try {
      byte[] text = (seed + ":" + index).getBytes(StandardCharsets.UTF_8);
      return MessageDigest.getInstance("SHA-256").digest(text);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM has no SHA-256, which every JVM must have", e);
    }
  }

  private static byte[] keccak(byte[] bytes, int from) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(bytes, from, bytes.length - from);
    byte[] hash = new byte[HASH_BYTES];
    digest.doFinal(hash, 0);
    return hash;
  }
}
