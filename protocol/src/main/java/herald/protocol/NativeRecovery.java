package herald.protocol;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** libsecp256k1 through JNI. */
final class NativeRecovery implements WalletRecovery {
  private final Secp256k1 library;

  /**
   * Loads the library.
   *
   * @throws IllegalStateException when it does not load on this machine
   */
  NativeRecovery() {
    try {
      library = Secp256k1.Companion.get();
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalStateException("libsecp256k1 does not load: " + e.getMessage(), e);
    }
  }

  @Override
  public @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
    if (signature.length != SignatureText.SIGNATURE_BYTES) {
      return null;
    }
    int recoveryId = signature[SignatureText.SIGNATURE_BYTES - 1];
    if (recoveryId < 0 || recoveryId > 3) {
      return null;
    }
    byte[] compact = Arrays.copyOf(signature, SignatureText.SIGNATURE_BYTES - 1);
    try {
      return RecoveredWallet.of(library.ecdsaRecover(compact, Keccak256.hash(message), recoveryId));
    } catch (Secp256k1Exception | IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public String name() {
    return "native (libsecp256k1)";
  }
}
