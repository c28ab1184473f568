package herald.gateway.feed;

import herald.protocol.ParsedRpc;
import herald.protocol.RpcParser;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads rpc logs with what their transactions have stored, in one round trip. Any thread.
 *
 * <p>Which message an rpc log names is decided here, by the API server's reading of the signed text
 * ({@link RpcParser}). The statement has to know it before, so it takes the id from where the SDK
 * writes it, by comparing text, which no text can make fail as it can PostgreSQL's JSON functions.
 * Where the two differ, as with a text that somebody else's program has written, the row is read
 * once more with the right id.
 *
 * <p>Bounded in bytes: a batch ends before the first text over {@value #LARGE_TEXT_BYTES} bytes, or
 * that may be that when it is unpacked, and such a text is read alone. Or it is not read: then its
 * row is given out without it.
 */
final class RpcLogReader {
  static final int LARGE_TEXT_BYTES = 64 * 1024;

  private final DataSource database;
  private final @Nullable PrimaryGuard guard;
  private final boolean readsLargeTexts;

  /**
   * @param guard asked when a row is not there; null for a replica, which may lag
   */
  RpcLogReader(DataSource database, @Nullable PrimaryGuard guard) {
    this(database, guard, true);
  }

  private RpcLogReader(DataSource database, @Nullable PrimaryGuard guard, boolean readsLargeTexts) {
    this.database = database;
    this.guard = guard;
    this.readsLargeTexts = readsLargeTexts;
  }

  /** One that gives out rows with large texts without these ({@link RpcLog#isUnread}). */
  static RpcLogReader ofSmallTexts(DataSource database, @Nullable PrimaryGuard guard) {
    return new RpcLogReader(database, guard, false);
  }

  /**
   * What one reading has come to.
   *
   * @param asked the signatures that were looked for: the first ones of those that were given
   * @param found their rows in the same order; rows that are not there are left out
   */
  record Reading(Set<String> asked, List<RpcLog> found) {}

  /** One row as it came, before it is known whether it was the right message. */
  private record Row(RpcLog log, String lookedUpMessageId, boolean isLarge) {}

  /**
   * Reads the first of these rows, and as many more as fit into a bounded number of bytes.
   *
   * @param receivedAtNanos for each signature when its notification came; not empty
   */
  Reading read(Map<String, Long> receivedAtNanos) throws SQLException {
    String[] sigs = receivedAtNanos.keySet().toArray(String[]::new);
    try (Connection connection = database.getConnection()) {
      List<Row> rows =
          rows(connection, sigs, new String[sigs.length], LARGE_TEXT_BYTES, receivedAtNanos);
      if (guard != null && rows.size() < sigs.length) {
        guard.require(connection);
      }
      int small = readsLargeTexts ? countBeforeFirstLarge(rows) : rows.size();
      if (small == rows.size()) {
        return new Reading(
            receivedAtNanos.keySet(),
            corrected(connection, rows, maxCorrectedBytes(), receivedAtNanos));
      }
      String large = rows.get(small).log().sig();
      if (small == 0) {
        Set<String> asked = asked(sigs, large, true);
        List<Row> alone =
            rows(
                connection,
                new String[] {large},
                new String[1],
                Integer.MAX_VALUE,
                receivedAtNanos);
        return new Reading(asked, corrected(connection, alone, Integer.MAX_VALUE, receivedAtNanos));
      }
      return new Reading(
          asked(sigs, large, false),
          corrected(connection, rows.subList(0, small), maxCorrectedBytes(), receivedAtNanos));
    }
  }

  /**
   * Reads one row with its text, however large that is; null if it is not there.
   *
   * @param receivedAtNanos when its notification came
   */
  @Nullable RpcLog readWhole(String signature, long receivedAtNanos) throws SQLException {
    Map<String, Long> one = Map.of(signature, receivedAtNanos);
    try (Connection connection = database.getConnection()) {
      List<Row> rows =
          rows(connection, new String[] {signature}, new String[1], Integer.MAX_VALUE, one);
      if (guard != null && rows.isEmpty()) {
        guard.require(connection);
      }
      List<RpcLog> logs = corrected(connection, rows, Integer.MAX_VALUE, one);
      return logs.isEmpty() ? null : logs.get(0);
    }
  }

  /** Asks for nothing, which fails if the tables are not as the statement needs them. */
  void readNothing() throws SQLException {
    try (Connection connection = database.getConnection()) {
      rows(connection, new String[0], new String[0], LARGE_TEXT_BYTES, Map.of());
    }
  }

  private static int countBeforeFirstLarge(List<Row> rows) {
    int count = 0;
    while (count < rows.size() && !rows.get(count).isLarge()) {
      count++;
    }
    return count;
  }

  private static Set<String> asked(String[] sigs, String large, boolean withIt) {
    int end = Arrays.asList(sigs).indexOf(large) + (withIt ? 1 : 0);
    return new LinkedHashSet<>(Arrays.asList(sigs).subList(0, end));
  }

  private int maxCorrectedBytes() {
    return readsLargeTexts ? Integer.MAX_VALUE : LARGE_TEXT_BYTES;
  }

  /** Reads those rows again, one by one, for which the statement looked up another message. */
  private static List<RpcLog> corrected(
      Connection connection, List<Row> rows, int maxTextBytes, Map<String, Long> receivedAtNanos)
      throws SQLException {
    List<RpcLog> logs = new ArrayList<>(rows.size());
    for (Row row : rows) {
      RpcLog log = withItsMessage(row.log(), row.lookedUpMessageId());
      if (log != null) {
        logs.add(log);
      } else {
        String[] sig = {row.log().sig()};
        String[] id = {messageIdToLookUp(row.log())};
        for (Row again : rows(connection, sig, id, maxTextBytes, receivedAtNanos)) {
          logs.add(again.isLarge() ? again.log().withoutMessage() : again.log());
        }
      }
    }
    return logs;
  }

  /**
   * The row with the message that it names, or without one; null if another one has to be looked
   * up.
   */
  static @Nullable RpcLog withItsMessage(RpcLog log, String lookedUpMessageId) {
    String messageId = messageIdToLookUp(log);
    if (messageId == null) {
      return log.withoutMessage();
    }
    return messageId.equals(lookedUpMessageId) ? log : null;
  }

  /** Null where no message is needed, or none can have this id; an id that is absent is empty. */
  private static @Nullable String messageIdToLookUp(RpcLog log) {
    ParsedRpc rpc = log.rpc();
    Method method = Method.of(log.methodName());
    if (rpc == null || (method != Method.CHAT_MESSAGE && method != Method.CHAT_REACT)) {
      return null;
    }
    String messageId = Objects.requireNonNullElse(rpc.messageId(), "");
    // PostgreSQL can't store a NUL.
    return messageId.indexOf('\0') >= 0 ? null : messageId;
  }

  private static List<Row> rows(
      Connection connection,
      String[] sigs,
      @Nullable String[] messageIds,
      int maxTextBytes,
      Map<String, Long> receivedAtNanos)
      throws SQLException {
    List<Row> rows = new ArrayList<>(sigs.length);
    try (PreparedStatement statement = connection.prepareStatement(RpcLogQuery.TEXT)) {
      statement.setArray(1, connection.createArrayOf("text", sigs));
      statement.setArray(2, connection.createArrayOf("text", messageIds));
      statement.setInt(3, maxTextBytes);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String sig = row.getString(RpcLogQuery.SIG);
          rows.add(row(row, sig, receivedAtNanos.getOrDefault(sig, System.nanoTime())));
        }
      }
    }
    return rows;
  }

  private static Row row(ResultSet row, String sig, long receivedAtNanos) throws SQLException {
    String text = row.getString(RpcLogQuery.RPC);
    List<Integer> walletUsers = RpcLogQuery.integers(row, RpcLogQuery.WALLET_USERS);
    RpcLog log =
        RpcLogQuery.log(
            sig,
            row.getLong(RpcLogQuery.XID),
            text,
            row.getLong(RpcLogQuery.RELAYED_AT),
            row.getLong(RpcLogQuery.APPLIED_AT),
            walletUsers,
            RpcLogQuery.message(row),
            RpcLogQuery.longs(row, RpcLogQuery.BLOCKED_PAIRS),
            receivedAtNanos);
    return new Row(log, row.getString(RpcLogQuery.LOOKED_UP_MESSAGE_ID), text == null);
  }
}
