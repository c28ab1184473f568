package herald.gateway.feed;

import herald.protocol.MalformedRpcException;
import herald.protocol.RpcParser;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads rpc logs, their signers' users and their chats' members in one round trip.
 *
 * <p>PostgreSQL takes the chat id out of the signed text. Its JSON operators fail for the whole
 * statement when one text holds an escape that can't be converted, such as a NUL; then the texts
 * are read as they are, parsed here, and the chat ids given along.
 */
final class RpcLogReader {
  /** Class 22, data exception: PostgreSQL manual, appendix A. */
  private static final String DATA_EXCEPTION = "22";

  /**
   * Each row by its key, whatever the planner thinks: without statistics, as on a table that grows
   * fast, it would take a plain join for a reason to read the whole table. What {@code offset 0}
   * closes off is computed once and not again wherever it is named. The signatures are handed in by
   * a subquery, where the planner does not count them: it finds one plan good for all numbers of
   * them and keeps it, instead of planning each time, which took longer than the reading of a row.
   */
  private static final String ROWS =
      """
      select l.sig, l.rpc, l.relayed_at, l.applied_at, l.users, coalesce(l.chat_id, ''), l.members,
             array(
               select (b.blocker_user_id::bigint << 32) | b.blockee_user_id
               from chat_blocked_users b
               where (b.blocker_user_id = any(l.users) and b.blockee_user_id = any(l.members))
                  or (b.blocker_user_id = any(l.members) and b.blockee_user_id = any(l.users)))
      from (
        select k.*,
               array(
                 select u.user_id from users u
                 where u.wallet = lower(k.from_wallet) and u.is_current and u.handle is not null
                   and u.is_available and not u.is_deactivated
                 order by u.user_id) as users,
               array(
                 select m.user_id from chat_member m
                 where m.chat_id = k.chat_id and not m.is_hidden) as members
        from (
          select n.place, r.sig, r.rpc::text as rpc, r.from_wallet,
                 (extract(epoch from r.relayed_at) * 1000000)::bigint as relayed_at,
                 (extract(epoch from r.applied_at) * 1000000)::bigint as applied_at,
                 %s as chat_id
          from unnest(%s) with ordinality n(%s, place)
          cross join lateral (select * from rpc_log where rpc_log.sig = n.sig limit 1) r
          offset 0) k
        offset 0) l
      order by l.place
      """;

  private static final String READ =
      ROWS.formatted("r.rpc->'params'->>'chat_id'", "(select ?::text[])", "sig");
  private static final String READ_WITH_CHAT_IDS =
      ROWS.formatted("n.chat_id", "(select ?::text[]), (select ?::text[])", "sig, chat_id");
  private static final String READ_TEXTS = "select sig, rpc::text from rpc_log where sig = any(?)";

  private final DataSource database;

  RpcLogReader(DataSource database) {
    this.database = database;
  }

  /**
   * Reads the rows of these signatures in the given order; those that are not there are left out.
   *
   * @param receivedAtNanos for each signature when its notification came
   */
  List<RpcLog> read(Map<String, Long> receivedAtNanos) throws SQLException {
    Object[] sigs = receivedAtNanos.keySet().toArray();
    try (Connection connection = database.getConnection()) {
      try {
        return read(connection, READ, receivedAtNanos, sigs, null);
      } catch (SQLException e) {
        if (e.getSQLState() == null || !e.getSQLState().startsWith(DATA_EXCEPTION)) {
          throw e;
        }
        Object[] chatIds = chatIds(connection, sigs);
        return read(connection, READ_WITH_CHAT_IDS, receivedAtNanos, sigs, chatIds);
      }
    }
  }

  private static List<RpcLog> read(
      Connection connection,
      String query,
      Map<String, Long> receivedAtNanos,
      Object[] sigs,
      Object @Nullable [] chatIds)
      throws SQLException {
    List<RpcLog> logs = new ArrayList<>(sigs.length);
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setArray(1, connection.createArrayOf("text", sigs));
      if (chatIds != null) {
        statement.setArray(2, connection.createArrayOf("text", chatIds));
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String sig = row.getString(1);
          logs.add(
              new RpcLog(
                  sig,
                  row.getString(2),
                  row.getLong(3),
                  row.getLong(4),
                  integers(row.getArray(5)),
                  row.getString(6),
                  integers(row.getArray(7)),
                  longs(row.getArray(8)),
                  receivedAtNanos.getOrDefault(sig, System.nanoTime())));
        }
      }
    }
    return logs;
  }

  /** The chat id of each signature's rpc, in the same order; empty where there is none. */
  private static Object[] chatIds(Connection connection, Object[] sigs) throws SQLException {
    Map<String, String> chatIds = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(READ_TEXTS)) {
      statement.setArray(1, connection.createArrayOf("text", sigs));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          chatIds.put(row.getString(1), chatId(row.getString(2)));
        }
      }
    }
    return Arrays.stream(sigs).map(sig -> chatIds.getOrDefault(sig, "")).toArray();
  }

  private static String chatId(String rpcJson) {
    try {
      String chatId = RpcParser.parse(rpcJson).chatId();
      return chatId == null || chatId.indexOf('\0') >= 0 ? "" : chatId;
    } catch (MalformedRpcException e) {
      return "";
    }
  }

  private static List<Integer> integers(Array array) throws SQLException {
    return List.of((Integer[]) array.getArray());
  }

  private static Set<Long> longs(Array array) throws SQLException {
    return new HashSet<>(List.of((Long[]) array.getArray()));
  }
}
