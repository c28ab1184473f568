package herald.gateway.stored;

import herald.demo.platform.RpcLog;
import herald.demo.platform.SqlUpdates;
import herald.protocol.HashIds;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction of the platform has to bring to whom: from the tables alone, by the rows
 * that it wrote, whatever its rpc log says. Not thread safe; right as long as nobody changes
 * memberships, blocks and permissions between the commit and the question.
 */
final class StoredEvents {
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT);

  /** The rows of the transaction that wrote the rpc log: there is one transaction for each. */
  private static final String OF_THE_SAME_TRANSACTION =
      " %s.xmin = (select l.xmin from rpc_log l where l.sig = ?)";

  /** Messages that are no blast's, and blasts' messages that came into a chat with its creation. */
  private static final String MESSAGES =
      "select m.chat_id, m.user_id, m.message_id, coalesce(m.ciphertext, b.plaintext),"
          + " b.audience, m.created_at"
          + " from chat_message m left join chat_blast b on b.blast_id = m.blast_id"
          + " join chat c on c.chat_id = m.chat_id where"
          + OF_THE_SAME_TRANSACTION.formatted("m")
          + " and (m.blast_id is null or c.created_at = ?) order by m.created_at, m.blast_id";

  private static final String REACTIONS =
      "select m.chat_id, r.user_id, r.message_id, r.reaction from chat_message_reactions r"
          + " join chat_message m on m.message_id = r.message_id where"
          + OF_THE_SAME_TRANSACTION.formatted("r");

  private static final String BLASTS =
      "select b.blast_id, b.from_user_id, b.audience, b.audience_content_id,"
          + " b.audience_content_type, b.plaintext from chat_blast b where"
          + OF_THE_SAME_TRANSACTION.formatted("b");

  private static final String CHATS_OF_BLAST =
      "select m.chat_id from chat_message m where"
          + OF_THE_SAME_TRANSACTION.formatted("m")
          + " and m.blast_id = ? order by m.chat_id";

  private static final String RECEIVERS =
      "select m.user_id from chat_member m, (select ?::int as sender) s where m.chat_id = ?"
          + " and not m.is_hidden and m.user_id <> s.sender and not exists ("
          + "select from chat_blocked_users b"
          + " where (b.blocker_user_id, b.blockee_user_id) in"
          + " ((m.user_id, s.sender), (s.sender, m.user_id)))";

  private static final String AUDIENCE =
      "select a.to_user_id from chat_blast_audience(?) a where chat_allowed(?, a.to_user_id) and"
          + " not exists (select from chat_message t join chat_member m on m.chat_id = t.chat_id"
          + " where t.blast_id = ? and m.user_id = a.to_user_id and"
          + OF_THE_SAME_TRANSACTION.formatted("t")
          + ") union select ?::int";

  private final Connection connection;

  StoredEvents(Connection connection) {
    this.connection = connection;
  }

  /**
   * An event that has to come.
   *
   * @param chatId within a chat the order is that of the commits; null for a blast outside of chats
   * @param event as a tree of maps
   */
  record Due(int receiverId, @Nullable String chatId, Map<String, @Nullable Object> event) {}

  /** What the transaction of this rpc log brings, but for reactions that it took away. */
  List<Due> of(RpcLog log) throws SQLException {
    List<Due> due = new ArrayList<>();
    for (List<@Nullable String> row : rows(MESSAGES, log.sig(), log.relayedAt())) {
      Map<String, @Nullable Object> params = new TreeMap<>();
      params.put("chat_id", row.get(0));
      params.put("message_id", row.get(2));
      params.put("message", row.get(3));
      params.put("is_plaintext", row.get(4) != null);
      if (row.get(4) != null) {
        params.put("audience", row.get(4));
      }
      toMembers(due, id(row.get(1)), row.get(0), "chat.message", params, time(row.get(5)));
    }
    for (List<@Nullable String> row : rows(REACTIONS, log.sig())) {
      due.addAll(reaction(log, id(row.get(1)), String.valueOf(row.get(0)), row.get(2), row.get(3)));
    }
    for (List<@Nullable String> row : rows(BLASTS, log.sig())) {
      blast(due, log, row);
    }
    return due;
  }

  /** The events of a reaction, which is null when it was taken away. */
  List<Due> reaction(
      RpcLog log,
      int senderId,
      String chatId,
      @Nullable String messageId,
      @Nullable String reaction)
      throws SQLException {
    List<Due> due = new ArrayList<>();
    boolean isMember =
        !rows("select from chat_member where chat_id = ? and user_id = ?", chatId, senderId)
            .isEmpty();
    if (isMember) {
      Map<String, @Nullable Object> params = new TreeMap<>();
      params.put("chat_id", chatId);
      params.put("message_id", messageId);
      params.put("reaction", reaction);
      toMembers(due, senderId, chatId, "chat.react", params, log.relayedAt());
    }
    return due;
  }

  /** Every reaction that is there: its user, its message and the message's chat. */
  Set<List<@Nullable String>> reactions() throws SQLException {
    return new HashSet<>(
        rows(
            "select r.user_id, r.message_id, m.chat_id from chat_message_reactions r"
                + " join chat_message m on m.message_id = r.message_id"));
  }

  private void blast(List<Due> due, RpcLog log, List<@Nullable String> row) throws SQLException {
    String blastId = String.valueOf(row.get(0));
    int sender = id(row.get(1));
    for (List<@Nullable String> chat : rows(CHATS_OF_BLAST, log.sig(), blastId)) {
      Map<String, @Nullable Object> params = new TreeMap<>();
      params.put("chat_id", chat.get(0));
      params.put("message_id", blastId + chat.get(0));
      params.put("message", row.get(5));
      params.put("is_plaintext", true);
      params.put("audience", row.get(2));
      toMembers(due, sender, chat.get(0), "chat.message", params, log.relayedAt());
    }
    Map<String, @Nullable Object> params = new TreeMap<>();
    params.put("blast_id", blastId);
    params.put("audience", row.get(2));
    if (row.get(3) != null) {
      params.put("audience_content_id", HashIds.encode(id(row.get(3))));
    }
    if (row.get(4) != null) {
      params.put("audience_content_type", row.get(4));
    }
    params.put("message", row.get(5));
    for (List<@Nullable String> receiver :
        rows(AUDIENCE, blastId, sender, blastId, log.sig(), sender)) {
      int receiverId = id(receiver.get(0));
      due.add(
          new Due(
              receiverId, null, event("chat.blast", params, sender, receiverId, log.relayedAt())));
    }
  }

  private void toMembers(
      List<Due> due,
      int sender,
      @Nullable String chatId,
      String method,
      Map<String, @Nullable Object> params,
      LocalDateTime time)
      throws SQLException {
    for (List<@Nullable String> receiver : rows(RECEIVERS, sender, chatId)) {
      int receiverId = id(receiver.get(0));
      due.add(new Due(receiverId, chatId, event(method, params, sender, receiverId, time)));
    }
  }

  private static Map<String, @Nullable Object> event(
      String method,
      Map<String, @Nullable Object> params,
      int sender,
      int receiver,
      LocalDateTime time) {
    Map<String, @Nullable Object> event = new TreeMap<>();
    event.put("rpc", new TreeMap<>(Map.of("method", method, "params", params)));
    event.put(
        "metadata",
        new TreeMap<>(
            Map.of(
                "receiverUserId", HashIds.encode(receiver),
                "senderUserId", HashIds.encode(sender),
                "userId", HashIds.encode(sender),
                "timestamp", TIMESTAMP.format(time))));
    return event;
  }

  private static int id(@Nullable String text) {
    return Integer.parseInt(String.valueOf(text));
  }

  private static LocalDateTime time(@Nullable String text) {
    return LocalDateTime.parse(String.valueOf(text).replace(' ', 'T'));
  }

  private List<List<@Nullable String>> rows(String sql, @Nullable Object... parameters)
      throws SQLException {
    List<List<@Nullable String>> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      SqlUpdates.bind(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          List<@Nullable String> columns = new ArrayList<>();
          for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            columns.add(row.getString(i));
          }
          rows.add(columns);
        }
      }
    }
    return rows;
  }
}
