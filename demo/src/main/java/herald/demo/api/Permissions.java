package herald.demo.api;

import herald.demo.platform.SqlUpdates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may do what, asked inside the transaction that does it. Not thread safe. */
final class Permissions {
  private final Connection connection;
  private final int userId;

  /**
   * @param userId who wants to do something
   */
  Permissions(Connection connection, int userId) {
    this.connection = connection;
    this.userId = userId;
  }

  void requireNotBanned() throws RefusedException, SQLException {
    if (exists("select 1 from chat_ban where user_id = ? and is_banned", userId)) {
      throw RefusedException.badRequest("this user is banned from chats");
    }
  }

  void requireMember(String chatId) throws RefusedException, SQLException {
    if (!exists("select 1 from chat_member where chat_id = ? and user_id = ?", chatId, userId)) {
      throw RefusedException.badRequest("this user is no member of the chat");
    }
  }

  void requireUser(int otherId) throws RefusedException, SQLException {
    if (!exists("select 1 from users where user_id = ? and is_current", otherId)) {
      throw RefusedException.badRequest("there is no such user");
    }
  }

  void requireAllowed(int receiverId) throws RefusedException, SQLException {
    if (!exists("select 1 where chat_allowed(?, ?)", userId, receiverId)) {
      throw RefusedException.badRequest("this user may not write to the other");
    }
  }

  void requireAllowedInChat(String chatId) throws RefusedException, SQLException {
    List<String> others =
        SqlUpdates.texts(
            connection,
            "select user_id from chat_member where chat_id = ? and user_id <> ?",
            chatId,
            userId);
    for (String other : others) {
      requireAllowed(Integer.parseInt(other));
    }
  }

  void requireMessage(String chatId, String messageId) throws RefusedException, SQLException {
    if (!exists(
        "select 1 from chat_message where chat_id = ? and message_id = ?", chatId, messageId)) {
      throw RefusedException.badRequest("there is no such message in the chat");
    }
  }

  private boolean exists(String sql, @Nullable Object... parameters) throws SQLException {
    return !SqlUpdates.texts(connection, sql, parameters).isEmpty();
  }
}
