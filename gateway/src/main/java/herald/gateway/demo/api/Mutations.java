package herald.gateway.demo.api;

import herald.gateway.demo.Platform;
import herald.gateway.demo.PlatformTransaction;
import herald.gateway.demo.RpcLog;
import herald.gateway.demo.SqlUpdates;
import herald.protocol.RecoveredWallet;
import herald.protocol.SignatureText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies signed operations: who signed, may they, all rows and the rpc log in one transaction. The
 * same signature applies once. Any thread; waits for the database.
 */
final class Mutations {
  /** Class 22, data exception, such as a NUL in a text: PostgreSQL manual, appendix A. */
  private static final String DATA_EXCEPTION = "22";

  /** Class 23, integrity constraint violation, such as an id that is taken. */
  private static final String CONSTRAINT_VIOLATION = "23";

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
    RecoveredWallet signer = callers.signerOf(body, signature);
    String text = decode(body);
    AppliedRpc applied;
    try (PlatformTransaction transaction = platform.begin()) {
      applied = apply(transaction, signer, canonical(signature), text);
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith(DATA_EXCEPTION)) {
        throw RefusedException.badRequest("a text holds what a database can't");
      }
      if (state.startsWith(CONSTRAINT_VIOLATION)) {
        throw RefusedException.badRequest("an id is taken already");
      }
      throw e;
    }
    if (applied.isNew()) {
      onApplied.accept(applied);
    }
    return applied;
  }

  private AppliedRpc apply(
      PlatformTransaction transaction, RecoveredWallet signer, String sig, String text)
      throws RefusedException, SQLException {
    JsonObject rpc = JsonObject.parse(text);
    String method = rpc.text("method");
    JsonObject params = rpc.object("params");
    Connection connection = transaction.connection();
    Caller caller = callers.userOf(connection, signer, rpc.textOrNull("current_user_id"));
    if (Operations.needsChat(method)) {
      String chatId = params.text("chat_id");
      new Permissions(connection, caller).requireMember(chatId);
      transaction.chats().lock(chatId);
    }
    LocalDateTime now = transaction.now();
    RpcLog log = new RpcLog(sig, text, caller.wallet(), now, now);
    boolean isNew = transaction.appendOnce(log);
    if (isNew) {
      new Operations(transaction, caller, now).apply(method, params);
    } else {
      log = earlier(connection, sig);
    }
    transaction.commit();
    return new AppliedRpc(log, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), isNew);
  }

  private static RpcLog earlier(Connection connection, String sig) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select rpc::text, from_wallet, relayed_at, applied_at from rpc_log where sig = ?")) {
      SqlUpdates.bind(statement, sig);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new RpcLog(
            sig,
            row.getString(1),
            row.getString(2),
            row.getObject(3, LocalDateTime.class),
            row.getObject(4, LocalDateTime.class));
      }
    }
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
