package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Signatures of any bytes and texts: nothing escapes, and both implementations say the same. */
class SignatureFuzzTest {
  private static final BigInteger ORDER =
      new BigInteger("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", 16);
  private static final int LAST_DIGIT = 86;
  private static final WalletRecovery JAVA = WalletRecoveries.choose(RecoveryProvider.JAVA);
  private static final WalletRecovery AUTO = WalletRecoveries.choose(RecoveryProvider.AUTO);

  /**
   * @param bytes a signature of 65 bytes and a message behind it; or a signature's text
   */
  @FuzzTest(maxDuration = "3m")
  void recoveryIsTheSameForAll(byte[] bytes) {
    byte[] decoded = SignatureText.decode(new String(bytes, StandardCharsets.ISO_8859_1));
    if (decoded != null) {
      // But for the two bits of the last digit that mean nothing, which Go ignores as well.
      byte[] text = Base64.getEncoder().encode(decoded);
      text[LAST_DIGIT] = bytes[LAST_DIGIT];
      assertThat(text).isEqualTo(bytes);
      recover(new byte[0], decoded);
    }
    int length = Math.min(bytes.length, SignatureText.SIGNATURE_BYTES);
    byte[] message = Arrays.copyOfRange(bytes, length, bytes.length);
    byte[] signature = Arrays.copyOf(bytes, length);
    RecoveredWallet wallet = recover(message, signature);
    if (wallet != null) {
      assertThat(wallet.wallet()).matches("0x[0-9a-f]{40}");
      // The other s of the same signature, which the contract accepts, is the same signer's.
      assertThat(recover(message, mirrored(signature))).isEqualTo(wallet);
    }
  }

  private static byte[] mirrored(byte[] signature) {
    byte[] mirrored = signature.clone();
    BigInteger s = ORDER.subtract(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)));
    byte[] bytes = s.toByteArray();
    Arrays.fill(mirrored, 32, 64, (byte) 0);
    int length = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - length, mirrored, 64 - length, length);
    mirrored[64] ^= 1;
    return mirrored;
  }

  private static @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
    RecoveredWallet wallet = JAVA.recover(message, signature);
    assertThat(AUTO.recover(message, signature)).isEqualTo(wallet);
    return wallet;
  }
}
