package herald.gateway.feed;

import herald.gateway.database.ReadTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Finds the rpc logs that may concern one user, newest first, page by page: those that name a
 * message in one of the user's chats, blasts, new chats, and all whose text has to be read with the
 * API server's rules before it can be told what they name. Text is compared and PostgreSQL's JSON
 * functions are not used, which one bad row would make fail for all.
 *
 * <p>A text that names a message twice, in any case of letters, or that may do so with an escape or
 * with a letter that folds to an s, is not told by its first name. Bytes are compared for that:
 * with regular expressions it took twice as long, and it is done for each row of the time.
 *
 * <p>Rows whose times are not those of any writer's clock are left out: nobody can read them, and
 * each of them would make the reading of all those fail that are read together with it.
 */
final class ReplayCandidates {
  private static final String QUERY =
      """
      select l.sig, (extract(epoch from l.applied_at) * 1000000)::bigint, {COMMITTED}
      from (
        select r.sig, r.applied_at, r.xid, r.text, %s as message_id
        from (
          select g.sig, g.applied_at, g.xmin as xid, g.rpc::text as text
          from rpc_log g
          where g.applied_at >= timestamp 'epoch' + ? * interval '1 microsecond'
            and g.applied_at < timestamp '200000-01-01'
            and (%s or g.applied_at >= timestamp 'epoch' + ? * interval '1 microsecond')
            and coalesce(
              g.relayed_at between timestamp '0001-01-01' and timestamp '200000-01-01', true)
          offset 0) r
        offset 0) l
      where case
          when l.message_id <> ''
            and lower(l.text collate "C") not like '%%message\\_id%%message\\_id%%'
            and l.text collate "C" not like '%%\\\\u0%%'
            and l.text collate "C" not like '%%\u017f%%' then exists (
              select from chat_message m
              join chat_member c on c.chat_id = m.chat_id
              where m.message_id = l.message_id and c.user_id = ? and not c.is_hidden)
          else l.text ~ 'chat[.](message|react|blast|create)|\\\\u0'
        end
      order by l.applied_at desc, l.sig desc
      """
          .formatted(RpcLogQuery.MESSAGE_ID, CatchUp.IS_SINCE);

  private static final String WITHOUT_TIMES = QUERY.replace("{COMMITTED}", "0");
  private static final String WITH_TIMES =
      QUERY.replace(
          "{COMMITTED}",
          "coalesce((extract(epoch from pg_xact_commit_timestamp(l.xid)) * 1000000)::bigint, 0)");

  private static final int PAGE = 500;

  /** After all times at which a row can be read: in the year 200,000. */
  private static final long NEVER_MICROS = 6_248_000_000_000_000_000L;

  private ReplayCandidates() {}

  /**
   * Which rows are wanted: of those that were applied since a time, the ones of this transaction or
   * a later one, and the ones that were applied since another time.
   *
   * @param sinceMicros microseconds since the epoch
   * @param xmin a transaction id of 64 bits; 0 if all are wanted
   * @param anywayMicros microseconds since the epoch
   */
  record Wanted(long sinceMicros, long xmin, long anywayMicros) {
    /** With the transaction as the only condition. */
    static Wanted since(long sinceMicros, long xmin) {
      return new Wanted(sinceMicros, xmin, NEVER_MICROS);
    }
  }

  /**
   * A row, by its name.
   *
   * @param appliedAtMicros by its writer's clock
   * @param committedAtMicros by the server's clock; 0 if the server does not keep it
   */
  record Row(String sig, long appliedAtMicros, long committedAtMicros) {}

  /** Takes some rows, which follow those of the call before. */
  @FunctionalInterface
  interface PageHandler {
    /** Whether more are wanted. */
    boolean handle(List<Row> page) throws SQLException;
  }

  /**
   * Gives out the rows, page by page, until there are no more or the handler wants none. The
   * connection is held meanwhile.
   *
   * <p>All pages are of one snapshot. Were they not, a row could be found on a later page of whose
   * sender an earlier one had been committed meanwhile at a time that the pages before had passed:
   * that one would come later, out of memory.
   */
  static void read(DataSource database, int userId, Wanted wanted, PageHandler handler)
      throws SQLException {
    // Rows are given out in parts only within a transaction.
    try (ReadTransaction transaction = ReadTransaction.begin(database)) {
      read(transaction.connection(), userId, wanted, handler);
    }
  }

  private static void read(Connection connection, int userId, Wanted wanted, PageHandler handler)
      throws SQLException {
    String query = CommitTimes.areKept(connection) ? WITH_TIMES : WITHOUT_TIMES;
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setFetchSize(PAGE);
      statement.setLong(1, wanted.sinceMicros());
      statement.setLong(2, wanted.xmin());
      statement.setLong(3, wanted.xmin());
      statement.setInt(4, CatchUp.EVERY_ROW);
      statement.setLong(5, wanted.anywayMicros());
      statement.setInt(6, userId);
      List<Row> page = new ArrayList<>(PAGE);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          page.add(new Row(row.getString(1), row.getLong(2), row.getLong(3)));
          if (page.size() == PAGE) {
            if (!handler.handle(page)) {
              return;
            }
            page = new ArrayList<>(PAGE);
          }
        }
      }
      handler.handle(page);
    }
  }
}
