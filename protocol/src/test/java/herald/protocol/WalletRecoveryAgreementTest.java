package herald.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Random;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The two implementations give the same answer to any input, and never throw. */
class WalletRecoveryAgreementTest {
  private static final BigInteger ORDER =
      new BigInteger("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", 16);
  private static final BigInteger FIELD =
      new BigInteger("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F", 16);

  private final WalletRecovery fast = WalletRecoveries.choose(RecoveryProvider.NATIVE);
  private final WalletRecovery portable = WalletRecoveries.choose(RecoveryProvider.JAVA);
  private final long seed = new SecureRandom().nextLong();
  private final Random random = new Random(seed);

  @Test
  void onValidSignatures() {
    for (int i = 0; i < 500; i++) {
      WalletKey key = WalletKey.random(new SecureRandom());
      byte[] message = bytes(random.nextInt(200));
      byte[] signature = key.sign(message);
      assertThat(Objects.requireNonNull(agreed(message, signature)).wallet())
          .as("seed %d", seed)
          .isEqualTo(key.wallet());
    }
  }

  @Test
  void onHighS() {
    WalletKey key = WalletKey.random(new SecureRandom());
    byte[] message = bytes(40);
    byte[] signature = key.sign(message);
    byte[] s = java.util.Arrays.copyOfRange(signature, 32, 64);
    put(signature, 32, ORDER.subtract(new BigInteger(1, s)));
    signature[64] ^= 1;
    assertThat(Objects.requireNonNull(agreed(message, signature)).wallet()).isEqualTo(key.wallet());
  }

  @Test
  void onGarbage() {
    int recovered = 0;
    for (int i = 0; i < 2_000; i++) {
      byte[] signature = bytes(65);
      signature[64] &= 3;
      recovered += agreed(bytes(32), signature) == null ? 0 : 1;
    }
    assertThat(recovered).as("seed %d", seed).isBetween(300, 1_700);
  }

  @Test
  void onDamagedSignatures() {
    WalletKey key = WalletKey.random(new SecureRandom());
    byte[] message = "message".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 2_000; i++) {
      byte[] signature = key.sign(message);
      signature[random.nextInt(65)] ^= (byte) (1 << random.nextInt(8));
      RecoveredWallet recovered = agreed(message, signature);
      if (recovered != null) {
        assertThat(recovered.wallet()).as("seed %d", seed).isNotEqualTo(key.wallet());
      }
    }
  }

  @Test
  void onEdges() {
    BigInteger[] scalars = {
      BigInteger.ZERO,
      BigInteger.ONE,
      BigInteger.TWO,
      ORDER.subtract(BigInteger.ONE),
      ORDER,
      ORDER.add(BigInteger.ONE),
      FIELD.subtract(ORDER).subtract(BigInteger.ONE),
      FIELD.subtract(ORDER),
      FIELD.subtract(ORDER).add(BigInteger.ONE),
      FIELD,
      BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE)
    };
    byte[] message = bytes(32);
    for (BigInteger r : scalars) {
      for (BigInteger s : scalars) {
        for (int recoveryId : new int[] {0, 1, 2, 3, 4, 27, 28, 127, 128, 255}) {
          byte[] signature = new byte[65];
          put(signature, 0, r);
          put(signature, 32, s);
          signature[64] = (byte) recoveryId;
          RecoveredWallet recovered = agreed(message, signature);
          boolean illegal =
              recoveryId > 3
                  || r.signum() == 0
                  || s.signum() == 0
                  || r.compareTo(ORDER) >= 0
                  || s.compareTo(ORDER) >= 0;
          if (illegal) {
            assertThat(recovered).isNull();
          }
        }
      }
    }
  }

  @Test
  void onWrongLengths() {
    for (int length : new int[] {0, 1, 64, 66, 1_000}) {
      assertThat(agreed(bytes(10), new byte[length])).isNull();
    }
  }

  private @Nullable RecoveredWallet agreed(byte[] message, byte[] signature) {
    @Nullable RecoveredWallet one = fast.recover(message, signature);
    assertThat(portable.recover(message, signature)).as("seed %d", seed).isEqualTo(one);
    return one;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static void put(byte[] signature, int offset, BigInteger scalar) {
    System.arraycopy(BigIntegers.asUnsignedByteArray(32, scalar), 0, signature, offset, 32);
  }
}
