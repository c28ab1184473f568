package herald.protocol;

/** Chooses the implementation of {@link WalletRecovery}. */
public final class WalletRecoveries {
  private WalletRecoveries() {}

  /**
   * The implementation that {@code preference} asks for.
   *
   * @throws IllegalStateException when {@link RecoveryProvider#NATIVE} is asked for and does not
   *     load
   */
  public static WalletRecovery choose(RecoveryProvider preference) {
    return switch (preference) {
      case JAVA -> new BouncyCastleRecovery();
      case NATIVE -> new NativeRecovery();
      case AUTO -> nativeElseJava();
    };
  }

  private static WalletRecovery nativeElseJava() {
    try {
      return new NativeRecovery();
    } catch (IllegalStateException e) {
      return new BouncyCastleRecovery();
    }
  }
}
