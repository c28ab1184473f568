package herald.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Finds who has signed a message. Two implementations that agree on every input: the native library
 * is fast, the Java one is everywhere.
 */
public interface WalletRecovery {

  /**
   * Recovers the signer of keccak256 of {@code message}, with no prefix. A high s is accepted. Any
   * thread; never throws.
   *
   * @param signature r (32), s (32), recovery id (0..3)
   * @return null when no key can be recovered
   */
  @Nullable RecoveredWallet recover(byte[] message, byte[] signature);

  /** How logs name it. */
  String name();
}
