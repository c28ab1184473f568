package herald.gateway.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;

/**
 * What a user has settled for its own chats: read, cleared, permitted, blocked. Written through one
 * connection inside its open transaction. Not thread safe. Times are UTC.
 */
final class MemberRows {
  private final Connection connection;

  MemberRows(Connection connection) {
    this.connection = connection;
  }

  void read(String chatId, int userId, LocalDateTime now) throws SQLException {
    SqlUpdates.update(
        connection,
        "update chat_member set unread_count = 0, last_active_at = ?"
            + " where chat_id = ? and user_id = ?",
        now,
        chatId,
        userId);
  }

  void clear(String chatId, int userId, LocalDateTime now) throws SQLException {
    SqlUpdates.update(
        connection,
        "update chat_member set cleared_history_at = ?, last_active_at = ?, unread_count = 0,"
            + " is_hidden = true where chat_id = ? and user_id = ?",
        now,
        now,
        chatId,
        userId);
  }

  void permit(int userId, String permit, boolean allowed, LocalDateTime now) throws SQLException {
    SqlUpdates.update(
        connection,
        "insert into chat_permissions (user_id, permits, allowed, updated_at) values (?, ?, ?, ?)"
            + " on conflict (user_id, permits)"
            + " do update set allowed = excluded.allowed, updated_at = excluded.updated_at",
        userId,
        permit,
        allowed,
        now);
  }

  void block(int blockerId, int blockeeId, LocalDateTime now) throws SQLException {
    SqlUpdates.update(
        connection,
        "insert into chat_blocked_users (blocker_user_id, blockee_user_id, created_at)"
            + " values (?, ?, ?) on conflict do nothing",
        blockerId,
        blockeeId,
        now);
  }

  void unblock(int blockerId, int blockeeId) throws SQLException {
    SqlUpdates.update(
        connection,
        "delete from chat_blocked_users where blocker_user_id = ? and blockee_user_id = ?",
        blockerId,
        blockeeId);
  }
}
