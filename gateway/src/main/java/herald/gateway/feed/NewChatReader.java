package herald.gateway.feed;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.protocol.BlastMessages;
import herald.protocol.StoredBlast;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Finds the blasts that a new chat was given with its creation. Any thread. */
final class NewChatReader {
  /**
   * Blasts whose message the rpc log's transaction has put into the chat, at the blast's own time,
   * with those who see the chat and have not blocked the blast's sender and are not blocked.
   */
  private static final String BLASTS =
      """
      select b.blast_id, b.from_user_id, coalesce(b.audience, ''), coalesce(b.plaintext, ''),
             (extract(epoch from b.created_at) * 1000000)::bigint,
             array(
               select t.user_id from chat_member t
               where t.chat_id = m.chat_id and not t.is_hidden and t.user_id <> b.from_user_id
                 and not exists (
                   select from chat_blocked_users x
                   where (x.blocker_user_id = t.user_id and x.blockee_user_id = b.from_user_id)
                      or (x.blocker_user_id = b.from_user_id and x.blockee_user_id = t.user_id)))
      from rpc_log l
      join chat_message m on m.chat_id = ? and m.xmin = l.xmin
      join chat_blast b on b.blast_id = m.blast_id
      where l.sig = ?
      order by b.created_at, b.blast_id
      """;

  private final DataSource database;
  private final @Nullable PrimaryGuard guard;

  /**
   * @param guard asked when there is no blast; null for a replica, which may lag
   */
  NewChatReader(DataSource database, @Nullable PrimaryGuard guard) {
    this.database = database;
    this.guard = guard;
  }

  /** The events of the blasts, oldest first. */
  List<Event> read(RpcLog log, String chatId) throws SQLException {
    List<Event> events = new ArrayList<>();
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(BLASTS)) {
      statement.setString(1, chatId);
      statement.setString(2, log.sig());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          StoredBlast blast =
              new StoredBlast(
                  row.getString(1),
                  row.getInt(2),
                  row.getString(3),
                  null,
                  null,
                  row.getString(4),
                  row.getLong(5));
          int[] receivers =
              RpcLogQuery.integers(row, 6).stream().mapToInt(Integer::intValue).toArray();
          events.add(
              new Event(
                  new BlastMessages(log.eventId(), blast).forChat(chatId),
                  Audience.of(receivers),
                  log.relayedAtMicros(),
                  log.order(false)));
        }
      }
      if (guard != null && events.isEmpty()) {
        guard.require(connection);
      }
    }
    return events;
  }
}
