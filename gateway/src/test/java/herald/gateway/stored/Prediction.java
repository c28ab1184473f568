package herald.gateway.stored;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.platform.SqlUpdates;
import herald.protocol.HashIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a text by the model of Go's reading: whether it is stored, and in which rows.
 * Made before the text is applied. Not thread safe.
 */
final class Prediction {
  private static final String NUL = "\u0000";

  private final Connection connection;
  private final @Nullable GoReading reading;
  private final int askedId;
  private final int senderId;
  private final boolean isBlastNew;

  /**
   * @param signer the first user of the wallet, who is asked for the right
   * @param second another user of the first user's wallet
   */
  Prediction(
      Connection connection, PlatformUser signer, PlatformUser second, Optional<GoReading> reading)
      throws SQLException {
    this.connection = connection;
    this.reading = reading.orElse(null);
    askedId = signer.userId();
    boolean isSecond =
        second.wallet().equals(signer.wallet())
            && reading.map(read -> names(read.currentUserId(), second)).orElse(false);
    senderId = isSecond ? second.userId() : askedId;
    isBlastNew =
        reading.isPresent()
            && reading.get().method().equals("chat.blast")
            && !reading.get().param("blast_id").contains(NUL)
            && !exists(
                "select 1 from chat_blast where blast_id = ?", reading.get().param("blast_id"));
  }

  private static boolean names(String id, PlatformUser user) {
    if (id.matches("[+-]?[0-9]{1,9}")) {
      return Integer.parseInt(id) == user.userId();
    }
    return HashIds.decode(id).equals(OptionalInt.of(user.userId()));
  }

  /** Whose rows they are. */
  int senderId() {
    return senderId;
  }

  /** Whether the text is stored; null where that hangs on more than is looked at here. */
  @Nullable Boolean isToBeStored() throws SQLException {
    if (reading == null || reading.method().startsWith("internal.")) {
      return false;
    }
    if (!reading.isKnown()) {
      return true;
    }
    return switch (reading.method()) {
      case "chat.message" ->
          isPlain("chat_id", "message_id", "message")
              && mayWrite()
              && !exists(
                  "select 1 from chat_message where message_id = ?", reading.param("message_id"));
      case "chat.react" ->
          isPlain("chat_id", "message_id", "reaction")
              && mayWrite()
              && exists(
                  "select 1 from chat_message where message_id = ? and chat_id = ?",
                  reading.param("message_id"),
                  reading.param("chat_id"));
      case "chat.blast" ->
          // The server inserts nothing and looks at nothing if the blast is there already.
          isPlain("blast_id", "audience", "audience_content_type", "message");
      case "chat.read", "chat.delete" -> isPlain("chat_id") && isMember();
      default -> null;
    };
  }

  private boolean isPlain(String... names) {
    for (String name : names) {
      if (read().param(name).contains(NUL)) {
        return false;
      }
    }
    return true;
  }

  private boolean isMember() throws SQLException {
    return exists(
        "select 1 from chat_member where chat_id = ? and user_id = ?",
        read().param("chat_id"),
        askedId);
  }

  private boolean mayWrite() throws SQLException {
    return isMember()
        && !exists(
            "select 1 from chat_member where chat_id = ? and user_id <> ?"
                + " and not chat_allowed(?, user_id)",
            read().param("chat_id"),
            askedId,
            askedId);
  }

  private GoReading read() {
    if (reading == null) {
      throw new IllegalStateException("there is no reading");
    }
    return reading;
  }

  /** Compares the rows of the transaction with what was read. */
  void checkRows(RpcLog log) throws SQLException {
    GoReading read = read();
    List<String> messages =
        rows(
            "select message_id || '|' || chat_id || '|' || user_id || '|' || ciphertext"
                + " from chat_message t where blast_id is null and",
            log);
    List<String> blasts =
        rows(
            "select blast_id || '|' || from_user_id || '|' || audience || '|'"
                + " || coalesce(audience_content_type, 'null') || '|' || plaintext"
                + " from chat_blast t where",
            log);
    List<String> reactions =
        rows(
            "select user_id || '|' || message_id || '|' || reaction"
                + " from chat_message_reactions t where",
            log);
    if (read.method().equals("chat.message")) {
      assertThat(messages)
          .containsExactly(
              String.join(
                  "|",
                  read.param("message_id"),
                  read.param("chat_id"),
                  String.valueOf(senderId),
                  read.param("message")));
    } else {
      assertThat(messages).isEmpty();
    }
    if (isBlastNew) {
      assertThat(blasts)
          .containsExactly(
              String.join(
                  "|",
                  read.param("blast_id"),
                  String.valueOf(senderId),
                  read.param("audience"),
                  read.param("audience_content_type"),
                  read.param("message")));
    } else {
      assertThat(blasts).isEmpty();
    }
    // A reaction that is not newer than the one that is there writes nothing.
    String reaction =
        String.join(
            "|", String.valueOf(senderId), read.param("message_id"), read.param("reaction"));
    assertThat(reactions)
        .isSubsetOf(read.method().equals("chat.react") ? List.of(reaction) : List.of());
  }

  private List<String> rows(String select, RpcLog log) throws SQLException {
    return SqlUpdates.texts(
        connection, select + " t.xmin = (select l.xmin from rpc_log l where l.sig = ?)", log.sig());
  }

  private boolean exists(String sql, @Nullable Object... parameters) throws SQLException {
    return !SqlUpdates.texts(connection, sql, parameters).isEmpty();
  }
}
