package herald.gateway.feed;

import herald.gateway.database.ReadTransaction;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.protocol.BlastMessages;
import herald.protocol.EventEncoder;
import herald.protocol.StoredBlast;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/**
 * Finds whom a blast concerns: its messages in the chats that exist, and the audience that has no
 * such chat. Results are streamed; what is kept of a million receivers is a bitmap. Any thread.
 */
final class BlastReader {
  private static final int CHATS_AT_A_TIME = 5_000;

  /** The blast, if it is the rpc log's: of its sender and its time. */
  private static final String BLAST =
      "select audience, audience_content_id, audience_content_type, plaintext from chat_blast"
          + " where blast_id = ? and from_user_id = ?"
          + " and created_at = (timestamp 'epoch' + ? * interval '1 microsecond')"
          + " at time zone 'utc'";

  /**
   * The deployed table has no index on {@code blast_id}, but a message's id is made of the blast's
   * and the chat's: so the sender's chats lead to the messages by primary key. A message that
   * another transaction has brought into its chat, which was created later, is that one's event.
   */
  private static final String CHATS =
      """
      select s.chat_id, o.user_id, o.is_hidden or exists (
               select from chat_blocked_users b
               where (b.blocker_user_id = o.user_id and b.blockee_user_id = s.user_id)
                  or (b.blocker_user_id = s.user_id and b.blockee_user_id = o.user_id))
      from chat_member s
      join rpc_log l on l.sig = ?
      join chat_message m on m.message_id = ? || s.chat_id and m.blast_id = ? and m.xmin = l.xmin
      join chat_member o on o.chat_id = s.chat_id and o.user_id <> s.user_id
      where s.user_id = ? %s
      order by s.chat_id, o.user_id
      """;

  private final DataSource database;
  private final @Nullable PrimaryGuard guard;
  private final int timeoutMillis;

  /**
   * @param guard asked when a blast is not there; null for a replica, which may lag
   * @param timeoutMillis the longest that one of the statements may take: an audience takes longer
   *     than other queries
   */
  BlastReader(DataSource database, @Nullable PrimaryGuard guard, int timeoutMillis) {
    this.database = database;
    this.guard = guard;
    this.timeoutMillis = timeoutMillis;
  }

  /**
   * The events of a blast, those in chats first, and last the one for the rest of the audience;
   * null if the rpc log has stored no such blast: it is not there, or is another rpc log's.
   */
  @Nullable List<Event> read(RpcLog log, String blastId, int sender) throws SQLException {
    return read(log, blastId, sender, null);
  }

  /** The events of a blast as far as they concern one user; empty if there is no such blast. */
  List<Event> readForUser(RpcLog log, String blastId, int sender, int userId) throws SQLException {
    List<Event> events = read(log, blastId, sender, userId);
    return events == null ? List.of() : events;
  }

  /**
   * @param onlyUser whom to look for; null for everybody
   */
  private @Nullable List<Event> read(
      RpcLog log, String blastId, int sender, @Nullable Integer onlyUser) throws SQLException {
    try (ReadTransaction transaction = AudienceQuery.begin(database, timeoutMillis)) {
      Connection connection = transaction.connection();
      StoredBlast blast = blast(connection, log, blastId, sender);
      if (blast == null) {
        if (guard != null) {
          guard.require(connection);
        }
        return null;
      }
      RoaringBitmap served = new RoaringBitmap();
      List<Event> events = inChats(connection, log, blast, served, onlyUser);
      RoaringBitmap others = AudienceQuery.read(connection, blastId, sender, onlyUser);
      others.andNot(served);
      others.add(sender);
      events.add(
          new Event(
              EventEncoder.blast(log.eventId(), blast),
              Audience.ofBlast(others),
              log.relayedAtMicros(),
              log.order(true)));
      return events;
    }
  }

  private static @Nullable StoredBlast blast(
      Connection connection, RpcLog log, String blastId, int sender) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BLAST)) {
      statement.setString(1, blastId);
      statement.setInt(2, sender);
      statement.setLong(3, log.relayedAtMicros());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? blast(row, blastId, sender, log.relayedAtMicros()) : null;
      }
    }
  }

  private static StoredBlast blast(ResultSet row, String blastId, int sender, long createdAtMicros)
      throws SQLException {
    Number contentId = (Number) row.getObject(2);
    return new StoredBlast(
        blastId,
        sender,
        Objects.requireNonNullElse(row.getString(1), ""),
        contentId == null ? null : Integer.valueOf(Math.toIntExact(contentId.longValue())),
        row.getString(3),
        Objects.requireNonNullElse(row.getString(4), ""),
        createdAtMicros);
  }

  private static List<Event> inChats(
      Connection connection,
      RpcLog log,
      StoredBlast blast,
      RoaringBitmap served,
      @Nullable Integer onlyUser)
      throws SQLException {
    BlastMessages messages = new BlastMessages(log.eventId(), blast);
    List<Event> events = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(CHATS.formatted(only("o.user_id", onlyUser)))) {
      statement.setFetchSize(CHATS_AT_A_TIME);
      statement.setString(1, log.sig());
      statement.setString(2, blast.blastId());
      statement.setString(3, blast.blastId());
      statement.setInt(4, blast.senderUserId());
      try (ResultSet row = statement.executeQuery()) {
        String chatId = "";
        List<Integer> receivers = new ArrayList<>();
        while (row.next()) {
          String nextId = row.getString(1);
          if (!nextId.equals(chatId)) {
            add(chatId, receivers, messages, log, events);
            chatId = nextId;
            receivers.clear();
          }
          served.add(row.getInt(2));
          if (!row.getBoolean(3)) {
            receivers.add(row.getInt(2));
          }
        }
        add(chatId, receivers, messages, log, events);
      }
    }
    return events;
  }

  /** One event for all in the chat: what has the same id is taken for the same. */
  private static void add(
      String chatId, List<Integer> receivers, BlastMessages messages, RpcLog log, List<Event> to) {
    if (!receivers.isEmpty()) {
      to.add(
          new Event(
              messages.forChat(chatId),
              Audience.of(receivers.stream().mapToInt(Integer::intValue).toArray()),
              log.relayedAtMicros(),
              log.order(true)));
    }
  }

  /** A condition for those that are looked for. */
  static String only(String column, @Nullable Integer user) {
    return user == null ? "" : "and " + column + " = " + user;
  }
}
