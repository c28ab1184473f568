package herald.demo.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;

/**
 * What a user has settled for its own chats: read, cleared, permitted, blocked. Written through one
 * connection inside its open transaction. Not thread safe. Times are UTC.
 */
public final class MemberRows {
  private final Connection connection;

  MemberRows(Connection connection) {
    this.connection = connection;
  }

  /** Marks a chat as read by one member, who has not read it later. */
  public void read(String chatId, int userId, LocalDateTime now) throws SQLException {
    SqlUpdates.update(
        connection,
        "update chat_member set unread_count = 0, last_active_at = ?"
            + " where chat_id = ? and user_id = ?"
            + " and (last_active_at is null or last_active_at < ?)",
        now,
        chatId,
        userId,
        now);
  }

  /** Clears a chat for one member and hides it. */
  public void clear(String chatId, int userId, LocalDateTime now) throws SQLException {
    SqlUpdates.update(
        connection,
        "update chat_member set cleared_history_at = ?, last_active_at = ?, unread_count = 0,"
            + " is_hidden = true where chat_id = ? and user_id = ?",
        now,
        now,
        chatId,
        userId);
  }

  /** Shows a chat again to members who had cleared it before the time of a new message. */
  public void showAgain(String chatId, LocalDateTime messageTime) throws SQLException {
    SqlUpdates.update(
        connection,
        "update chat_member set is_hidden = false"
            + " where chat_id = ? and is_hidden and cleared_history_at < ?",
        chatId,
        messageTime);
  }

  /** Forgets what a user has said about who may write. */
  public void forgetPermits(int userId) throws SQLException {
    SqlUpdates.update(connection, "delete from chat_permissions where user_id = ?", userId);
  }

  /** Says whether a group may write to a user. */
  public void permit(int userId, String permit, boolean allowed, LocalDateTime now)
      throws SQLException {
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

  /** Lets one user block another. */
  public void block(int blockerId, int blockeeId, LocalDateTime now) throws SQLException {
    SqlUpdates.update(
        connection,
        "insert into chat_blocked_users (blocker_user_id, blockee_user_id, created_at)"
            + " values (?, ?, ?) on conflict do nothing",
        blockerId,
        blockeeId,
        now);
  }

  /** Takes a block back. */
  public void unblock(int blockerId, int blockeeId) throws SQLException {
    SqlUpdates.update(
        connection,
        "delete from chat_blocked_users where blocker_user_id = ? and blockee_user_id = ?",
        blockerId,
        blockeeId);
  }
}
