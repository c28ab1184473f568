package herald.gateway.demo;

import java.sql.Connection;
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

  /** Puts a blast into one chat. */
  public void insertBlastMessage(String blastId, String chatId, int senderId, LocalDateTime now)
      throws SQLException {
    update(
        "insert into chat_message (message_id, chat_id, user_id, created_at, blast_id)"
            + " values (?, ?, ?, ?, ?)",
        blastId + chatId,
        chatId,
        senderId,
        now,
        blastId);
  }

  /** Puts the members' earlier blasts into their new chat where they concern another member. */
  public void insertEarlierBlasts(String chatId) throws SQLException {
    update(
        "insert into chat_message (message_id, chat_id, user_id, created_at, blast_id)"
            + " select b.blast_id || m.chat_id, m.chat_id, b.from_user_id,"
            + " b.created_at at time zone 'utc', b.blast_id"
            + " from chat_member m join chat_blast b on b.from_user_id = m.user_id"
            + " where m.chat_id = ? and exists ("
            + "select from chat_blast_audience(b.blast_id) a"
            + " join chat_member o on o.user_id = a.to_user_id where o.chat_id = m.chat_id)",
        chatId);
  }

  /** What the chat list shows, and what the other members have not read. */
  public void noteLastMessage(
      String chatId, int senderId, String text, boolean isPlaintext, LocalDateTime now)
      throws SQLException {
    update(
        "update chat set last_message = ?, last_message_is_plaintext = ?, last_message_at = ?"
            + " where chat_id = ?",
        text,
        isPlaintext,
        now,
        chatId);
    update(
        "update chat_member set unread_count = unread_count + 1"
            + " where chat_id = ? and user_id <> ?",
        chatId,
        senderId);
  }

  /** Sets a user's reaction to a message, or takes it back with null. */
  public void setReaction(
      int userId, String messageId, @Nullable String reaction, LocalDateTime now)
      throws SQLException {
    if (reaction == null) {
      update(
          "delete from chat_message_reactions where user_id = ? and message_id = ?",
          userId,
          messageId);
      return;
    }
    update(
        "insert into chat_message_reactions (user_id, message_id, reaction, created_at, updated_at)"
            + " values (?, ?, ?, ?, ?) on conflict (user_id, message_id)"
            + " do update set reaction = excluded.reaction, updated_at = excluded.updated_at",
        userId,
        messageId,
        reaction,
        now,
        now);
  }

  /** Writes the blast itself. */
  public void insertBlast(
      String blastId, int senderId, BlastAudience audience, String text, LocalDateTime now)
      throws SQLException {
    update(
        "insert into chat_blast (blast_id, from_user_id, audience, audience_content_id,"
            + " audience_content_type, plaintext, created_at)"
            + " values (?, ?, ?, ?, ?, ?, ? at time zone 'utc')",
        blastId,
        senderId,
        audience.kind(),
        audience.contentId(),
        audience.contentType(),
        text,
        now);
  }

  /** The blast sender's chats with a member of its audience, in the order in which to lock them. */
  public List<String> chatsOfAudience(String blastId, int senderId) throws SQLException {
    return SqlUpdates.texts(
        connection,
        "select m.chat_id from chat_member m where m.user_id = ? and exists ("
            + "select from chat_member o where o.chat_id = m.chat_id"
            + " and o.user_id in (select to_user_id from chat_blast_audience(?)))"
            + " order by m.chat_id",
        senderId,
        blastId);
  }

  private void update(String sql, @Nullable Object... parameters) throws SQLException {
    SqlUpdates.update(connection, sql, parameters);
  }
}
