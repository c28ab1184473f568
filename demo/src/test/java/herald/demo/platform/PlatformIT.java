package herald.demo.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import herald.demo.postgres.SharedDatabase;
import herald.protocol.HashIds;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class PlatformIT {
  private SharedDatabase database;
  private Platform platform;
  private Community community;
  private PlatformUser alice;
  private PlatformUser bob;

  @BeforeEach
  void createPeople() throws SQLException {
    database = SharedDatabase.fresh();
    platform = new Platform(database.dataSource());
    community = new Community(database.dataSource());
    alice = community.createUser("alice", "0xA1");
    bob = community.createUser("bob", "0xB2");
  }

  @Test
  void peopleGetTheNextIdOrTheirOwn() throws SQLException {
    assertThat(alice).isEqualTo(new PlatformUser(1, "alice", "0xa1"));
    assertThat(community.createUser(50, "fay", "0xa1").userId()).isEqualTo(50);
    assertThat(community.createUser("gus", "0xc3").userId()).isEqualTo(51);
    community.deactivate(bob);
    assertThat(database.query("select handle from users where is_deactivated")).isEqualTo("bob");
  }

  @Test
  void aMessageIsWrittenWithItsLogAndAnnounced() throws Exception {
    String chatId = platform.createChat(alice, bob).subjectId();
    assertThat(chatId).isEqualTo("7eP5n:ML51L");
    try (Connection listener = database.connect();
        Statement listen = listener.createStatement()) {
      listen.execute("listen rpc_log_inserted");

      Committed message = platform.message(alice, chatId, "caf\u00e9 \"\ud83c\udfb5\"");

      assertThat(listener.unwrap(PGConnection.class).getNotifications(10_000)[0].getParameter())
          .isEqualTo("{\"sig\" : \"" + message.sig() + "\"}");
      assertThat(message.sig()).hasSize(88);
      assertThat(
              database.query(
                  "select message_id || ' ' || chat_id || ' ' || user_id || ' ' || ciphertext"
                      + " from chat_message"))
          .isEqualTo(message.subjectId() + " " + chatId + " 1 caf\u00e9 \"\ud83c\udfb5\"");
      String rpc =
          database.query("select rpc::text from rpc_log where sig = '" + message.sig() + "'");
      assertThat(rpc)
          .startsWith(
              "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"7eP5n:ML51L\",\"message_id\":\""
                  + message.subjectId()
                  + "\",\"message\":\"caf\u00e9"
                  + " \\\"\ud83c\udfb5\\\"\"},\"current_user_id\":\"7eP5n\",\"timestamp\":");
      assertThat(members(rpc)).isEqualTo(4);
      assertThat(
              database.query(
                  "select from_wallet || ' ' || relayed_by || ' ' || (relayed_at = applied_at) || '"
                      + " ' || (abs(extract(epoch from now() at time zone 'utc' - applied_at)) <"
                      + " 60) from rpc_log where rpc->>'method' = 'chat.message'"))
          .isEqualTo("0xa1 bridge true true");
      assertThat(database.query("select last_message from chat")).contains("caf");
      assertThat(database.query("select unread_count from chat_member where user_id = 2"))
          .isEqualTo("1");
    }
  }

  @Test
  void aReactionComesAndGoes() throws SQLException {
    String chatId = platform.createChat(alice, bob).subjectId();
    String messageId = platform.message(alice, chatId, "hi").subjectId();
    platform.react(bob, chatId, messageId, "\u2764");
    platform.react(bob, chatId, messageId, "\ud83d\udd25");
    assertThat(database.query("select reaction from chat_message_reactions"))
        .isEqualTo("\ud83d\udd25");
    Committed taken = platform.react(bob, chatId, messageId, null);
    assertThat(database.query("select count(*) from chat_message_reactions")).isEqualTo("0");
    assertThat(
            database.query(
                "select rpc->'params'->'reaction' from rpc_log where sig = '" + taken.sig() + "'"))
        .isEqualTo("null");
  }

  @Test
  void anOperationWithoutItsChatWritesNothing() throws SQLException {
    assertThatThrownBy(() -> platform.message(alice, "nowhere", "hi"))
        .hasMessage("chat 'nowhere' does not exist (expected: one made by createChat)");
    assertThat(database.query("select count(*) from rpc_log")).isEqualTo("0");
  }

  @Test
  void aHeldTransactionIsSeenWhenItCommitsAndNeverIfItDoesNot() throws SQLException {
    String chatId = platform.createChat(alice, bob).subjectId();
    try (PlatformTransaction held = platform.begin()) {
      held.message(alice, chatId, "late");
      assertThat(database.query("select count(*) from chat_message")).isEqualTo("0");
      held.commit();
      assertThat(database.query("select count(*) from chat_message")).isEqualTo("1");
      held.message(alice, chatId, "never");
    }
    assertThat(database.query("select count(*) from chat_message")).isEqualTo("1");
  }

  @Test
  void insideAChatTheTimesFollowTheCommits() throws Exception {
    String chatId = platform.createChat(alice, bob).subjectId();
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (PlatformTransaction first = platform.begin()) {
      first.message(alice, chatId, "first");
      Future<Committed> second = other.submit(() -> platform.message(bob, chatId, "second"));
      awaitAWaitingSession();
      Written third = first.message(alice, chatId, "third");
      first.commit();
      Committed last = second.get();
      assertThat(appliedAt(third.sig())).isBefore(appliedAt(last.sig()));
    } finally {
      other.shutdown();
    }
  }

  @Test
  void aBlastGoesIntoTheChatsThatAreThereAndIntoThoseThatCome() throws SQLException {
    PlatformUser follower = community.createUser("carol", "0xc3");
    PlatformUser stranger = community.createUser("dave", "0xd4");
    community.follow(bob, alice);
    community.follow(follower, alice);
    String withBob = platform.createChat(alice, bob).subjectId();
    platform.createChat(alice, stranger);

    String blastId =
        platform.blast(alice, BlastAudience.of("follower_audience"), "tour!").subjectId();

    String rows =
        "select string_agg(message_id || '=' || chat_id || '=' || blast_id, ',' order by chat_id)"
            + " from chat_message";
    String row = "%1$s%2$s=%2$s=%1$s";
    assertThat(database.query(rows)).isEqualTo(String.format(row, blastId, withBob));
    assertThat(
            database.query(
                "select count(*) from rpc_log l"
                    + " join chat_blast b on b.created_at at time zone 'utc' = l.relayed_at"
                    + " join chat_message m on m.created_at = l.relayed_at"))
        .isEqualTo("1");
    assertThat(
            database.query(
                "select rpc->'params'->>'audience' from rpc_log"
                    + " where rpc->>'method' = 'chat.blast'"))
        .isEqualTo("follower_audience");

    String withFollower = platform.createChat(follower, alice).subjectId();
    assertThat(database.query(rows))
        .contains(String.format(row, blastId, withBob), String.format(row, blastId, withFollower));
    platform.createChat(bob, stranger);
    assertThat(database.query("select count(*) from chat_message")).isEqualTo("2");
    assertThat(
            database.query(
                "select count(*) from chat_message m join rpc_log l on l.xmin = m.xmin"
                    + " where l.rpc->>'method' = 'chat.create'"))
        .isEqualTo("1");
  }

  @Test
  void aBlastNamesItsContent() throws SQLException {
    platform.blast(alice, new BlastAudience("customer_audience", 2, "track"), "thanks");
    assertThat(database.query("select rpc->'params'->>'audience_content_id' from rpc_log"))
        .isEqualTo(HashIds.encode(2));
    assertThat(
            database.query("select audience_content_id || audience_content_type from chat_blast"))
        .isEqualTo("2track");
  }

  @Test
  void membersReadClearAndHide() throws SQLException {
    String chatId = platform.createChat(alice, bob).subjectId();
    platform.message(alice, chatId, "hi");
    platform.read(bob, chatId);
    assertThat(member("unread_count", bob)).isEqualTo("0");
    platform.delete(bob, chatId);
    assertThat(member("is_hidden and cleared_history_at is not null", bob)).isEqualTo("t");
    community.setHidden(bob, chatId, false);
    assertThat(member("is_hidden", bob)).isEqualTo("f");
    community.removeMember(bob, chatId);
    assertThat(database.query("select count(*) from chat_member")).isEqualTo("1");
  }

  private void awaitAWaitingSession() throws SQLException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    String waiting =
        "select count(*) from pg_stat_activity"
            + " where wait_event_type = 'Lock' and datname = current_database()";
    while (!database.query(waiting).equals("1")) {
      assertThat(System.nanoTime()).as("no session waits for the chat").isLessThan(deadlineNanos);
    }
  }

  private String member(String column, PlatformUser user) throws SQLException {
    return database.query(
        "select " + column + " from chat_member where user_id = " + user.userId());
  }

  private LocalDateTime appliedAt(String sig) throws SQLException {
    return LocalDateTime.parse(
        database
            .query("select applied_at from rpc_log where sig = '" + sig + "'")
            .replace(' ', 'T'));
  }

  private static int members(String json) throws Exception {
    int members = 0;
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      while (parser.nextFieldName() != null) {
        parser.nextToken();
        parser.skipChildren();
        members++;
      }
    }
    return members;
  }
}
