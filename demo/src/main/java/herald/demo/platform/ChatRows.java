package herald.demo.platform;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of chats, members, messages and blasts, written through one connection inside its open
 * transaction. Not thread safe. Times are UTC.
 */
public final class ChatRows {
  private final Connection connection;

  ChatRows(Connection connection) {
    this.connection = connection;
  }

  /** Holds the chat until the transaction ends: whoever comes next waits here. */
  public void lock(String chatId) throws SQLException {
    String sql = "select chat_id from chat where chat_id = ? for update";
    if (SqlUpdates.texts(connection, sql, chatId).isEmpty()) {
      throw new IllegalArgumentException(
          "chat '" + chatId + "' does not exist (expected: one made by createChat)");
    }
  }

  /** Makes a chat without members. */
  public void insertChat(String chatId, LocalDateTime now) throws SQLException {
    update(
        "insert into chat (chat_id, created_at, last_message_at) values (?, ?, ?)",
        chatId,
        now,
        now);
  }

  /**
   * Puts a user into a chat.
   *
   * @param inviteCode the chat's secret, encrypted for this user; empty where nothing is encrypted
   */
  public void insertMember(
      String chatId, int userId, int inviterId, String inviteCode, LocalDateTime now)
      throws SQLException {
    update(
        "insert into chat_member (chat_id, user_id, invited_by_user_id, invite_code, created_at)"
            + " values (?, ?, ?, ?, ?)",
        chatId,
        userId,
        inviterId,
        inviteCode,
        now);
  }

  /** Writes a message, encrypted or not. */
  public void insertMessage(
      String messageId, String chatId, int senderId, String ciphertext, LocalDateTime now)
      throws SQLException {
    update(
        "insert into chat_message (message_id, chat_id, user_id, created_at, ciphertext)"
            + " values (?, ?, ?, ?, ?)",
        messageId,
        chatId,
        senderId,
        now,
        ciphertext);
  }

  /**
   * Puts a blast into one chat, unless a message of its id is there, and notes it there as the last
   * message.
   */
  public void insertBlastMessage(String blastId, String chatId, LocalDateTime now)
      throws SQLException {
    boolean isNew =
        update(
                "insert into chat_message (message_id, chat_id, user_id, created_at, blast_id)"
                    + " select b.blast_id || ?, ?, b.from_user_id, ?, b.blast_id"
                    + " from chat_blast b where b.blast_id = ? on conflict do nothing",
                chatId,
                chatId,
                now,
                blastId)
            == 1;
    if (isNew) {
      String blast = "select plaintext, from_user_id from chat_blast where blast_id = ?";
      try (PreparedStatement statement = connection.prepareStatement(blast)) {
        SqlUpdates.bind(statement, blastId);
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          noteLastMessage(chatId, row.getInt(2), row.getString(1), true, now);
        }
      }
    }
  }

  /**
   * Puts the members' earlier blasts into their new chat where they concern another member, at the
   * blasts' times.
   */
  public void insertEarlierBlasts(String chatId) throws SQLException {
    update(
        "insert into chat_message (message_id, chat_id, user_id, created_at, blast_id)"
            + " select b.blast_id || m.chat_id, m.chat_id, b.from_user_id,"
            + " b.created_at at time zone 'utc', b.blast_id"
            + " from chat_member m join chat_blast b on b.from_user_id = m.user_id"
            + " where m.chat_id = ? and exists ("
            + "select from chat_blast_audience(b.blast_id) a"
            + " join chat_member o on o.user_id = a.to_user_id where o.chat_id = m.chat_id"
            + " and chat_allowed(b.from_user_id, o.user_id)) on conflict do nothing",
        chatId);
  }

  /** What the chat list shows, the latest, and what the other members have not read. */
  public void noteLastMessage(
      String chatId, int senderId, String text, boolean isPlaintext, LocalDateTime now)
      throws SQLException {
    update(
        "update chat set last_message = ?, last_message_is_plaintext = ?, last_message_at = ?"
            + " where chat_id = ? and last_message_at <= ?",
        text,
        isPlaintext,
        now,
        chatId,
        now);
    update(
        "update chat_member set unread_count = unread_count + 1"
            + " where chat_id = ? and user_id <> ?",
        chatId,
        senderId);
  }

  /**
   * Sets a user's reaction to a message, or takes it back with null. What is there and as new stays
   * as it is.
   */
  public void setReaction(
      int userId, String messageId, @Nullable String reaction, LocalDateTime now)
      throws SQLException {
    if (reaction == null) {
      update(
          "delete from chat_message_reactions"
              + " where user_id = ? and message_id = ? and updated_at < ?",
          userId,
          messageId,
          now);
      return;
    }
    update(
        "insert into chat_message_reactions (user_id, message_id, reaction, created_at, updated_at)"
            + " values (?, ?, ?, ?, ?) on conflict (user_id, message_id)"
            + " do update set reaction = excluded.reaction, updated_at = excluded.updated_at"
            + " where chat_message_reactions.updated_at < excluded.updated_at",
        userId,
        messageId,
        reaction,
        now,
        now);
  }

  /** Writes the blast itself, unless one of its id is there. */
  public void insertBlast(
      String blastId, int senderId, BlastAudience audience, String text, LocalDateTime now)
      throws SQLException {
    update(
        "insert into chat_blast (blast_id, from_user_id, audience, audience_content_id,"
            + " audience_content_type, plaintext, created_at)"
            + " values (?, ?, ?, ?, ?, ?, ? at time zone 'utc') on conflict (blast_id) do nothing",
        blastId,
        senderId,
        audience.kind(),
        audience.contentId(),
        audience.contentType(),
        text,
        now);
  }

  /** Moves a blast to another time. */
  public void setBlastTime(String blastId, LocalDateTime time) throws SQLException {
    update(
        "update chat_blast set created_at = ? at time zone 'utc' where blast_id = ?",
        time,
        blastId);
  }

  /**
   * The blast sender's chats with a member of its audience whom the sender may write to, in the
   * order in which to lock them.
   */
  public List<String> chatsOfAudience(String blastId) throws SQLException {
    return SqlUpdates.texts(
        connection,
        "select m.chat_id from chat_blast b join chat_member m on m.user_id = b.from_user_id"
            + " where b.blast_id = ? and exists ("
            + "select from chat_member o where o.chat_id = m.chat_id"
            + " and o.user_id in (select to_user_id from chat_blast_audience(?))"
            + " and chat_allowed(b.from_user_id, o.user_id))"
            + " order by m.chat_id",
        blastId,
        blastId);
  }

  private int update(String sql, @Nullable Object... parameters) throws SQLException {
    return SqlUpdates.update(connection, sql, parameters);
  }
}
