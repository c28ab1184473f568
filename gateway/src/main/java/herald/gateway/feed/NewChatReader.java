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
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds the blasts that a new chat was given with its creation. A sender may have sent very many,
 * all of which every new chat is given, and everybody waits while they are read: so they are
 * bounded in bytes and in number. The newest are read, the others are told of by a gap. Any thread.
 */
final class NewChatReader {
  /** Of all texts together, with what a blast takes besides. */
  static final int MAX_BYTES = 1 << 20;

  private static final int BYTES_OF_A_BLAST = 1_024;

  /**
   * Blasts whose message the rpc log's transaction has put into the chat, at the blast's own time,
   * with those who see the chat and have not blocked the blast's sender and are not blocked. Of
   * what is beyond the bound, the newest of each sender without its text; how long a text is, is
   * known without reading it.
   */
  private static final String BLASTS =
      """
      select n.blast_id, n.from_user_id, n.audience,
             case when n.fits then coalesce(
               (select t.plaintext from chat_blast t where t.blast_id = n.blast_id limit 1), '') end,
             (extract(epoch from n.created_at) * 1000000)::bigint,
             array(
               select t.user_id from chat_member t
               where t.chat_id = n.chat_id and not t.is_hidden and t.user_id <> n.from_user_id
                 and not exists (
                   select from chat_blocked_users x
                   where (x.blocker_user_id = t.user_id and x.blockee_user_id = n.from_user_id)
                      or (x.blocker_user_id = n.from_user_id and x.blockee_user_id = t.user_id)))
      from (
        select s.*, row_number() over (
                 partition by s.from_user_id, s.fits order by s.created_at desc, s.blast_id desc)
                 as place
        from (
          select b.blast_id, b.from_user_id, coalesce(b.audience, '') as audience, b.created_at,
                 m.chat_id,
                 sum(coalesce(octet_length(b.plaintext), 0) + %d)
                   over (order by b.created_at desc, b.blast_id desc) <= %d as fits
          from rpc_log l
          join chat_message m on m.chat_id = ? and m.xmin = l.xmin
          join chat_blast b on b.blast_id = m.blast_id
          where l.sig = ?) s) n
      where n.fits or n.place = 1
      order by n.created_at, n.blast_id
      """
          .formatted(BYTES_OF_A_BLAST, MAX_BYTES);

  private final DataSource database;
  private final @Nullable PrimaryGuard guard;

  /**
   * @param guard asked when there is no blast; null for a replica, which may lag
   */
  NewChatReader(DataSource database, @Nullable PrimaryGuard guard) {
    this.database = database;
    this.guard = guard;
  }

  /**
   * What a new chat was given.
   *
   * @param events of the blasts, oldest first; one gap in the place of all of a sender that are
   *     beyond the bounds
   * @param isCutShort whether there is such a gap
   */
  record Found(List<Event> events, boolean isCutShort) {}

  Found read(RpcLog log, String chatId) throws SQLException {
    List<Event> events = new ArrayList<>();
    Set<Integer> sendersWithGap = new HashSet<>();
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(BLASTS)) {
      statement.setString(1, chatId);
      statement.setString(2, log.sig());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String text = row.getString(4);
          int sender = row.getInt(2);
          if (text == null && !sendersWithGap.add(sender)) {
            continue;
          }
          Event event = event(row, log, chatId, sender, Objects.requireNonNullElse(text, ""));
          events.add(text == null ? EventBound.gapInPlaceOf(event) : event);
        }
      }
      if (guard != null && events.isEmpty()) {
        guard.require(connection);
      }
    }
    return new Found(events, !sendersWithGap.isEmpty());
  }

  private static Event event(ResultSet row, RpcLog log, String chatId, int sender, String text)
      throws SQLException {
    StoredBlast blast =
        new StoredBlast(
            row.getString(1), sender, row.getString(3), null, null, text, row.getLong(5));
    int[] receivers = RpcLogQuery.integers(row, 6).stream().mapToInt(Integer::intValue).toArray();
    return new Event(
        new BlastMessages(log.eventId(), blast).forChat(chatId),
        Audience.of(receivers),
        log.relayedAtMicros(),
        log.order(false));
  }
}
