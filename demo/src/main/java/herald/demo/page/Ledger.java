package herald.demo.page;

import herald.demo.platform.SqlUpdates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * What must arrive at one user, read from the platform's tables without the gateway's help: the
 * page holds what has arrived against it. Of a member's reactions to a message the last one counts.
 * Any thread; waits for the database.
 *
 * <p>A key is {@code m:} and the message id, {@code r:}, the message id, {@code :} and the
 * reaction's time as in the event, or {@code b:} and the blast id.
 */
final class Ledger {
  private static final String EXPECTED =
      """
      with me as (select ?::int as user_id, ?::timestamp as since),
      heard as (
        select m.chat_id, s.user_id as sender_id
        from me
        join chat_member m on m.user_id = me.user_id and not m.is_hidden
        join chat_member s on s.chat_id = m.chat_id and s.user_id <> me.user_id
        where not exists (
          select from chat_blocked_users b
          where (b.blocker_user_id = me.user_id and b.blockee_user_id = s.user_id)
             or (b.blocker_user_id = s.user_id and b.blockee_user_id = me.user_id)))
      select 'm:' || t.message_id
        from me, heard h
        join chat_message t on t.chat_id = h.chat_id and t.user_id = h.sender_id
        where t.created_at >= me.since
      union
      select 'r:' || r.message_id || ':'
          || rtrim(rtrim(to_char(r.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z'
        from me, heard h
        join chat_message t on t.chat_id = h.chat_id
        join chat_message_reactions r on r.message_id = t.message_id and r.user_id = h.sender_id
        where r.updated_at >= me.since
      union
      select 'b:' || b.blast_id
        from chat_blast b, me
        where b.created_at at time zone 'utc' >= me.since and (
          b.from_user_id = me.user_id
          or (exists (select from chat_blast_audience(b.blast_id) a
                where a.to_user_id = me.user_id)
            and chat_allowed(b.from_user_id, me.user_id)
            and not exists (select from chat_message t
              join chat_member m on m.chat_id = t.chat_id and m.user_id = me.user_id
              where t.blast_id = b.blast_id)))
      """;

  private final DataSource database;

  Ledger(DataSource database) {
    this.database = database;
  }

  /** The keys of what was committed since a moment of UTC and concerns the user. */
  List<String> expected(int userId, java.time.LocalDateTime since) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return SqlUpdates.texts(connection, EXPECTED, userId, since);
    }
  }
}
