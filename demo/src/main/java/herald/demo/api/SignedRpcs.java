package herald.demo.api;

import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.platform.SqlUpdates;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Applies signed texts as the platform's API server does: reads them by Go's rules, asks who may do
 * that, and writes all rows and the rpc log in one transaction. Who has signed is for the caller to
 * know. The same signature applies once. Any thread; waits for the database.
 */
public final class SignedRpcs {
  /** Class 22, data exception, such as a NUL in a text: PostgreSQL manual, appendix A. */
  private static final String DATA_EXCEPTION = "22";

  /** Class 23, integrity constraint violation, such as an id that is taken. */
  private static final String CONSTRAINT_VIOLATION = "23";

  /** Class 54, program limit exceeded, such as an id that is too long for its index. */
  private static final String LIMIT_EXCEEDED = "54";

  private static final int SIGNATURE_BYTES = 65;

  private final Platform platform;

  /**
   * @param platform whose clock says when a request is received
   */
  public SignedRpcs(Platform platform) {
    this.platform = platform;
  }

  /**
   * Applies any text as if the user had signed it and it had just been received.
   *
   * @return the row of the rpc log; empty if the text was refused, and nothing is stored
   */
  public Optional<RpcLog> apply(PlatformUser signer, String text) throws SQLException {
    return apply(signer, text, platform.now());
  }

  /**
   * Applies any text as if the user had signed it.
   *
   * @param relayedAt when it was received, in UTC
   * @return the row of the rpc log; empty if the text was refused, and nothing is stored
   */
  public Optional<RpcLog> apply(PlatformUser signer, String text, LocalDateTime relayedAt)
      throws SQLException {
    byte[] signature = new byte[SIGNATURE_BYTES];
    ThreadLocalRandom.current().nextBytes(signature);
    String sig = Base64.getEncoder().encodeToString(signature);
    try (PlatformTransaction transaction = platform.begin()) {
      AppliedRpc applied = apply(transaction, signer.wallet(), sig, text, relayedAt);
      return applied.isNew() ? Optional.of(applied.log()) : Optional.empty();
    } catch (RefusedException e) {
      return Optional.empty();
    }
  }

  /** Applies a text in an open transaction and commits that. */
  static AppliedRpc apply(
      PlatformTransaction transaction,
      String wallet,
      String sig,
      String text,
      LocalDateTime relayedAt)
      throws RefusedException, SQLException {
    try {
      return applyOrFail(transaction, wallet, sig, text, relayedAt);
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      if (state.startsWith(DATA_EXCEPTION) || state.startsWith(LIMIT_EXCEEDED)) {
        throw RefusedException.badRequest("a text holds what a database can't");
      }
      if (state.startsWith(CONSTRAINT_VIOLATION)) {
        throw RefusedException.badRequest("an id is taken already");
      }
      throw e;
    }
  }

  private static AppliedRpc applyOrFail(
      PlatformTransaction transaction,
      String wallet,
      String sig,
      String text,
      LocalDateTime relayedAt)
      throws RefusedException, SQLException {
    JsonObject rpc = JsonObject.parse(text);
    String method = rpc.text("method");
    String named = rpc.text("current_user_id");
    rpc.requireInteger("timestamp");
    Connection connection = transaction.connection();
    // The wallet's first user has to have the right, whoever of its users is named.
    int asked = Callers.userOf(connection, wallet, null).userId();
    Permissions permissions = new Permissions(connection, asked);
    permissions.requireNotBanned();
    if (method.startsWith("internal.")) {
      RpcLog notStored = new RpcLog(sig, text, wallet, relayedAt, relayedAt);
      return new AppliedRpc(notStored, nowMicros(), false);
    }
    int userId = Callers.userOf(connection, wallet, named).userId();
    Operations operations = new Operations(transaction, permissions, userId, relayedAt);
    operations.lockChat(method, rpc);
    RpcLog log = new RpcLog(sig, text, wallet, relayedAt, transaction.now());
    boolean isNew = transaction.appendOnce(log);
    if (isNew) {
      operations.apply(method, rpc);
    } else {
      log = earlier(connection, sig);
    }
    transaction.commit();
    return new AppliedRpc(log, nowMicros(), isNew);
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
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
}
