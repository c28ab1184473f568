package herald.protocol;

/** Which implementation of secp256k1 recovers wallets. */
public enum RecoveryProvider {
  /** libsecp256k1 where its native library loads, else BouncyCastle. */
  AUTO,
  /** libsecp256k1 through JNI; starting fails where it does not load. */
  NATIVE,
  /** BouncyCastle. */
  JAVA
}
