package herald.protocol;

import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak with 256 bits as it was before it became SHA-3: other padding, other digests. */
final class Keccak256 {
  static final int DIGEST_BYTES = 32;

  private Keccak256() {}

  static byte[] hash(byte[] message, int offset, int length) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(message, offset, length);
    byte[] hash = new byte[DIGEST_BYTES];
    digest.doFinal(hash, 0);
    return hash;
  }

  static byte[] hash(byte[] message) {
    return hash(message, 0, message.length);
  }
}
