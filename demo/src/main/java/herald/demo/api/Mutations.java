package herald.demo.api;

import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.protocol.RecoveredWallet;
import herald.protocol.SignatureText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes signed operations: finds out who has signed, and has them applied. Any thread; waits for
 * the database.
 */
final class Mutations {
  private final Platform platform;
  private final Callers callers;
  private final Consumer<AppliedRpc> onApplied;

  /**
   * @param onApplied told after each commit, on the thread that has committed
   */
  Mutations(Platform platform, Callers callers, Consumer<AppliedRpc> onApplied) {
    this.platform = platform;
    this.callers = callers;
    this.onApplied = onApplied;
  }

  /** Applies the operation in {@code body}, whose bytes are signed. */
  AppliedRpc apply(byte[] body, @Nullable String signature) throws RefusedException, SQLException {
    LocalDateTime receivedAt = platform.now();
    RecoveredWallet signer = callers.signerOf(body, signature);
    String text = decode(body);
    AppliedRpc applied;
    try (PlatformTransaction transaction = platform.begin()) {
      Callers.keepPublicKey(transaction.connection(), signer);
      applied =
          SignedRpcs.apply(transaction, signer.wallet(), canonical(signature), text, receivedAt);
    }
    if (applied.isNew()) {
      onApplied.accept(applied);
    }
    return applied;
  }

  private static String decode(byte[] body) throws RefusedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw RefusedException.badRequest("the body is not UTF-8");
    }
  }

  /** One text for one signature: base64 leaves two bits of the last character open. */
  private static String canonical(@Nullable String signature) {
    return Base64.getEncoder().encodeToString(SignatureText.decode(String.valueOf(signature)));
  }
}
