package herald.gateway.commands;

import herald.protocol.WalletKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The private key of the wallet that signs. */
final class KeyOption {
  @Option(
      names = "--key",
      paramLabel = "HEX",
      description = "The wallet's private key, 64 hex digits.")
  private @Nullable String key;

  /**
   * The key.
   *
   * @throws IllegalArgumentException with one sentence when there is none
   */
  WalletKey key() {
    if (key == null) {
      throw new IllegalArgumentException(
          "no key is given (expected: --key or HERALD_KEY with 64 hex digits)");
    }
    return WalletKey.fromHex(key);
  }
}
