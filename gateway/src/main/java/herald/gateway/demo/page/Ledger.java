package herald.gateway.demo.page;

import herald.gateway.demo.SqlUpdates;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/**
 * What must arrive at one user, read from the platform's tables without the gateway's help: the
 * page holds what has arrived against it. Any thread; waits for the database.
 *
 * <p>A key is {@code m:} and the message id, {@code r:}, the message id, {@code :} and the rpc's
 * timestamp, or {@code b:} and the blast id.
 */
final class Ledger {
  private static final String EXPECTED =
      """
      with me as (select ?::int as user_id, ?::timestamp as since),
      heard as (
        select l.rpc, l.from_wallet from rpc_log l, me where l.applied_at >= me.since
          and l.from_wallet <> (select u.wallet from users u
            where u.user_id = me.user_id and u.is_current limit 1))
      select case h.rpc->>'method'
          when 'chat.message' then 'm:' || (h.rpc->'params'->>'message_id')
          else 'r:' || (h.rpc->'params'->>'message_id') || ':' || (h.rpc->>'timestamp') end
        from heard h
        join chat_member m on m.chat_id = h.rpc->'params'->>'chat_id' and not m.is_hidden
        join me on m.user_id = me.user_id
        where h.rpc->>'method' in ('chat.message', 'chat.react')
          and not exists (
            select from chat_blocked_users b
            join users w on w.wallet = h.from_wallet and w.is_current
            where (b.blocker_user_id = m.user_id and b.blockee_user_id = w.user_id)
               or (b.blocker_user_id = w.user_id and b.blockee_user_id = m.user_id))
      union
      select 'm:' || t.message_id
        from chat_message t join chat_member m on m.chat_id = t.chat_id and not m.is_hidden
        join me on m.user_id = me.user_id
        where t.blast_id is not null and t.user_id <> me.user_id and t.created_at >= me.since
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
