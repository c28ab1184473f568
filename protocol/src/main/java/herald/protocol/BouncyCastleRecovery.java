package herald.protocol;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/**
 * Public key recovery as SEC 1, section 4.1.6 has it, on BouncyCastle's curve with its own field
 * arithmetic, which is several times as fast as its plain one.
 */
final class BouncyCastleRecovery implements WalletRecovery {
  private static final X9ECParameters PARAMETERS = CustomNamedCurves.getByName("secp256k1");
  private static final BigInteger ORDER = PARAMETERS.getN();
  private static final ECCurve CURVE = PARAMETERS.getCurve();
  private static final BigInteger FIELD = CURVE.getField().getCharacteristic();
  private static final int SCALAR_BYTES = 32;

  @Override
  public @Nullable RecoveredWallet recover(byte[] message, byte[] signature) {
    if (signature.length != SignatureText.SIGNATURE_BYTES) {
      return null;
    }
    BigInteger r = new BigInteger(1, Arrays.copyOfRange(signature, 0, SCALAR_BYTES));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, SCALAR_BYTES, 2 * SCALAR_BYTES));
    int recoveryId = signature[2 * SCALAR_BYTES];
    if (recoveryId < 0 || recoveryId > 3 || !isScalar(r) || !isScalar(s)) {
      return null;
    }
    BigInteger x = (recoveryId & 2) == 0 ? r : r.add(ORDER);
    if (x.compareTo(FIELD) >= 0) {
      return null;
    }
    ECPoint point = decompress(x, (recoveryId & 1) == 1);
    if (point == null) {
      return null;
    }
    BigInteger hash = new BigInteger(1, Keccak256.hash(message));
    BigInteger inverse = r.modInverse(ORDER);
    ECPoint key =
        ECAlgorithms.sumOfTwoMultiplies(
                PARAMETERS.getG(),
                inverse.multiply(hash).negate().mod(ORDER),
                point,
                inverse.multiply(s).mod(ORDER))
            .normalize();
    return key.isInfinity() ? null : RecoveredWallet.of(key.getEncoded(false));
  }

  private static boolean isScalar(BigInteger value) {
    return value.signum() > 0 && value.compareTo(ORDER) < 0;
  }

  private static @Nullable ECPoint decompress(BigInteger x, boolean odd) {
    byte[] compressed = new byte[SCALAR_BYTES + 1];
    compressed[0] = (byte) (odd ? 3 : 2);
    byte[] bytes = x.toByteArray();
    int length = Math.min(bytes.length, SCALAR_BYTES);
    System.arraycopy(bytes, bytes.length - length, compressed, compressed.length - length, length);
    try {
      return CURVE.decodePoint(compressed);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  @Override
  public String name() {
    return "java (BouncyCastle)";
  }
}
