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
 * What one caller may read of other people: who may write to whom, blocks, and blasts that are in
 * no chat yet. Not thread safe.
 */
final class PeopleQueries {
  private static final String BLASTS =
      """
      select b.blast_id, b.from_user_id, b.plaintext, b.audience, b.audience_content_id,
             b.audience_content_type, (extract(epoch from b.created_at) * 1000000)::bigint
      from chat_blast b
      where exists (select from chat_blast_audience(b.blast_id) a where a.to_user_id = ?)
        and not exists (
          select from chat_message t join chat_member m on m.chat_id = t.chat_id
          where t.blast_id = b.blast_id and m.user_id = ?)
        and chat_allowed(b.from_user_id, ?)
      order by b.created_at desc limit 100
      """;

  private final Connection connection;
  private final Caller caller;
  private final JsonGenerator json;

  PeopleQueries(Connection connection, Caller caller, JsonGenerator json) {
    this.connection = connection;
    this.caller = caller;
    this.json = json;
  }

  /** Who may write to each of the users that the parameters {@code id} name. */
  void permissions(List<String> hashIds) throws RefusedException, SQLException, IOException {
    json.writeStartArray();
    for (String hashId : hashIds) {
      int userId =
          HashIds.decode(hashId)
              .orElseThrow(() -> RefusedException.badRequest("'id' is no user's id"));
      List<String> permits =
          SqlUpdates.texts(
              connection,
              "select permits from chat_permissions where user_id = ? and allowed order by 1",
              userId);
      List<String> allowed =
          SqlUpdates.texts(connection, "select chat_allowed(?, ?)", caller.userId(), userId);
      json.writeStartObject();
      json.writeStringField("user_id", HashIds.encode(userId));
      json.writeStringField("permits", permits.isEmpty() ? "all" : permits.get(0));
      json.writeArrayFieldStart("permit_list");
      for (String permit : permits.isEmpty() ? List.of("all") : permits) {
        json.writeString(permit);
      }
      json.writeEndArray();
      json.writeBooleanField("current_user_has_permission", allowed.get(0).equals("t"));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Who has blocked the caller. */
  void blockers() throws SQLException, IOException {
    users("select blocker_user_id from chat_blocked_users where blockee_user_id = ? order by 1");
  }

  /** Whom the caller has blocked. */
  void blockees() throws SQLException, IOException {
    users("select blockee_user_id from chat_blocked_users where blocker_user_id = ? order by 1");
  }

  private void users(String sql) throws SQLException, IOException {
    json.writeStartArray();
    for (String userId : SqlUpdates.texts(connection, sql, caller.userId())) {
      json.writeString(HashIds.encode(Integer.parseInt(userId)));
    }
    json.writeEndArray();
  }

  /**
   * Blasts for the caller that are in no chat yet. Here the sender's id is a number, since the
   * published client encodes it itself.
   */
  void blasts() throws SQLException, IOException {
    try (PreparedStatement statement = connection.prepareStatement(BLASTS)) {
      SqlUpdates.bind(statement, caller.userId(), caller.userId(), caller.userId());
      json.writeStartArray();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          int senderId = row.getInt(2);
          String audience = row.getString(4);
          json.writeStartObject();
          json.writeStringField("pending_chat_id", chatIdWith(senderId));
          json.writeStringField("blast_id", row.getString(1));
          json.writeStringField("chat_id", audience);
          json.writeNumberField("from_user_id", senderId);
          json.writeStringField("plaintext", row.getString(3));
          json.writeStringField("audience", audience);
          int contentId = row.getInt(5);
          if (!row.wasNull()) {
            json.writeStringField("audience_content_id", HashIds.encode(contentId));
            json.writeStringField("audience_content_type", row.getString(6));
          }
          JsonTimes.write(json, "created_at", row, 7);
          json.writeEndObject();
        }
      }
      json.writeEndArray();
    }
  }

  private String chatIdWith(int otherId) {
    String mine = caller.hashId();
    String theirs = HashIds.encode(otherId);
    return mine.compareTo(theirs) < 0 ? mine + ":" + theirs : theirs + ":" + mine;
  }
}
