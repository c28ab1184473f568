package herald.protocol;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The signer of a message: its public key and the wallet that follows from it. */
public final class RecoveredWallet {
  private static final int ADDRESS_BYTES = 20;

  private final byte[] publicKey;
  private final String wallet;

  private RecoveredWallet(byte[] publicKey, String wallet) {
    this.publicKey = publicKey;
    this.wallet = wallet;
  }

  /**
   * @param publicKey 65 bytes, uncompressed, beginning with 4
   */
  static RecoveredWallet of(byte[] publicKey) {
    byte[] hash = Keccak256.hash(publicKey, 1, publicKey.length - 1);
    return new RecoveredWallet(
        publicKey, "0x" + HexFormat.of().formatHex(hash, hash.length - ADDRESS_BYTES, hash.length));
  }

  /** The 65 bytes of the uncompressed key; not to be modified. */
  public byte[] publicKey() {
    return publicKey;
  }

  /** {@code 0x} and 40 lower-case hex digits. */
  public String wallet() {
    return wallet;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RecoveredWallet that && Arrays.equals(publicKey, that.publicKey);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(publicKey);
  }

  /** The first characters of the wallet, enough to tell two apart. */
  @Override
  public String toString() {
    return wallet.substring(0, 8) + "…";
  }
}
