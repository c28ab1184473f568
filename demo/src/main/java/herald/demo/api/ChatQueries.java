package herald.demo.api;

import com.fasterxml.jackson.core.JsonGenerator;
import herald.demo.platform.SqlUpdates;
import herald.protocol.HashIds;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * What one caller may read of chats, as JSON in the shapes that the published client takes apart.
 * User ids are hash ids, times RFC 3339. Not thread safe.
 */
final class ChatQueries {
  private static final String CHATS =
      """
      select c.chat_id, coalesce(c.last_message, ''), c.last_message_is_plaintext,
             (extract(epoch from c.last_message_at) * 1000000)::bigint,
             m.invite_code, m.unread_count,
             (extract(epoch from m.last_active_at) * 1000000)::bigint,
             (extract(epoch from m.cleared_history_at) * 1000000)::bigint,
             (select array_agg(o.user_id order by o.user_id) from chat_member o
              where o.chat_id = c.chat_id)
      from chat_member m join chat c on c.chat_id = m.chat_id
      where m.user_id = ?
      """;
  private static final String MESSAGES =
      """
      select t.message_id, t.user_id, (extract(epoch from t.created_at) * 1000000)::bigint,
             coalesce(b.plaintext, t.ciphertext), b.blast_id is not null, b.audience
      from chat_message t join chat_member m on m.chat_id = t.chat_id
      left join chat_blast b on b.blast_id = t.blast_id
      where m.user_id = ? and t.chat_id = ?
        and (m.cleared_history_at is null or t.created_at > m.cleared_history_at)
        and t.created_at < ?::timestamp and t.created_at > ?::timestamp
      order by t.created_at desc, t.message_id limit ?
      """;
  private static final String REACTIONS =
      """
      select user_id, (extract(epoch from updated_at) * 1000000)::bigint, reaction
      from chat_message_reactions where message_id = ? order by updated_at
      """;

  private final Connection connection;
  private final Caller caller;
  private final JsonGenerator json;

  ChatQueries(Connection connection, Caller caller, JsonGenerator json) {
    this.connection = connection;
    this.caller = caller;
    this.json = json;
  }

  /** The caller's chats, the one last written to first. */
  void chats(PageBounds bounds) throws SQLException, IOException {
    String sql =
        CHATS
            + " and not m.is_hidden and c.last_message_at < ?::timestamp"
            + " and c.last_message_at > ?::timestamp order by c.last_message_at desc limit ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      SqlUpdates.bind(statement, caller.userId(), bounds.before(), bounds.after(), bounds.limit());
      json.writeStartArray();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          chat(rows);
        }
      }
      json.writeEndArray();
    }
  }

  /** One chat of the caller's. */
  void chat(String chatId) throws RefusedException, SQLException, IOException {
    try (PreparedStatement statement = connection.prepareStatement(CHATS + " and c.chat_id = ?")) {
      SqlUpdates.bind(statement, caller.userId(), chatId);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw RefusedException.notFound("there is no such chat of this user's");
        }
        chat(rows);
      }
    }
  }

  private void chat(ResultSet row) throws SQLException, IOException {
    json.writeStartObject();
    json.writeStringField("chat_id", row.getString(1));
    json.writeStringField("last_message", row.getString(2));
    json.writeBooleanField("last_message_is_plaintext", row.getBoolean(3));
    JsonTimes.write(json, "last_message_at", row, 4);
    json.writeStringField("invite_code", row.getString(5));
    json.writeNumberField("unread_message_count", row.getInt(6));
    JsonTimes.write(json, "last_read_at", row, 7);
    JsonTimes.write(json, "cleared_history_at", row, 8);
    json.writeBooleanField("recheck_permissions", false);
    json.writeBooleanField("is_blast", false);
    json.writeArrayFieldStart("chat_members");
    for (Integer member : (Integer[]) row.getArray(9).getArray()) {
      json.writeStartObject();
      json.writeStringField("user_id", HashIds.encode(member));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** The messages of one of the caller's chats with their reactions, the newest first. */
  void messages(String chatId, PageBounds bounds)
      throws RefusedException, SQLException, IOException {
    new Permissions(connection, caller.userId()).requireMember(chatId);
    try (PreparedStatement statement = connection.prepareStatement(MESSAGES)) {
      SqlUpdates.bind(
          statement, caller.userId(), chatId, bounds.before(), bounds.after(), bounds.limit());
      json.writeStartArray();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String messageId = row.getString(1);
          json.writeStartObject();
          json.writeStringField("message_id", messageId);
          json.writeStringField("sender_user_id", HashIds.encode(row.getInt(2)));
          JsonTimes.write(json, "created_at", row, 3);
          json.writeStringField("message", row.getString(4));
          json.writeBooleanField("is_plaintext", row.getBoolean(5));
          if (row.getString(6) != null) {
            json.writeStringField("audience", row.getString(6));
          }
          reactions(messageId);
          json.writeEndObject();
        }
      }
      json.writeEndArray();
    }
  }

  private void reactions(String messageId) throws SQLException, IOException {
    json.writeArrayFieldStart("reactions");
    try (PreparedStatement statement = connection.prepareStatement(REACTIONS)) {
      SqlUpdates.bind(statement, messageId);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          json.writeStartObject();
          json.writeStringField("user_id", HashIds.encode(row.getInt(1)));
          JsonTimes.write(json, "created_at", row, 2);
          json.writeStringField("reaction", row.getString(3));
          json.writeEndObject();
        }
      }
    }
    json.writeEndArray();
  }

  /** How many messages the caller has not read. */
  void unread() throws SQLException, IOException {
    List<String> count =
        SqlUpdates.texts(
            connection,
            "select coalesce(sum(unread_count), 0) from chat_member"
                + " where user_id = ? and not is_hidden",
            caller.userId());
    json.writeNumber(Long.parseLong(count.get(0)));
  }
}
