package herald.demo.api;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.SharedDatabase;
import herald.protocol.HashIds;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rows a signed text makes, as on the platform's API server. */
@SuppressWarnings("NullAway.Init") // set by start
final class SignedRpcsIT {
  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private SignedRpcs rpcs;
  private PlatformUser alice;
  private PlatformUser bob;
  private PlatformUser carol;
  private String chat;

  @BeforeEach
  void start() throws SQLException {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    rpcs = new SignedRpcs(platform);
    alice = community.createUser("alice", "0xa1");
    bob = community.createUser("bob", "0xb2");
    carol = community.createUser("carol", "0xc3");
    chat = platform.createChat(alice, bob).subjectId();
  }

  @Test
  void whatGoReadsIsWhatIsStored() throws SQLException {
    String others = platform.createChat(bob, carol).subjectId();
    RpcLog log =
        stored(
            "{\"method\":\"chat.read\",\"Method\":\"chat.message\",\"Param\u017f\":{\"chat_id\":\"%s\","
                    .formatted(others)
                + "\"Chat_ID\":\"%s\",\"MESSAGE\":\"%s\",\"message_id\":\"m\",\"is_plaintext\":true}}"
                    .formatted(chat, "\\ud800 t"));
    assertThat(
            database.query(
                "select message_id || ' ' || user_id || ' ' || ciphertext || ' ' || chat_id"
                    + " from chat_message m where m.created_at = '%s'".formatted(log.relayedAt())))
        .isEqualTo("m 1 \ufffd t " + chat);
    assertThat(
            database.query(
                "select last_message_is_plaintext from chat where chat_id = '%s'".formatted(chat)))
        .isEqualTo("f");
    assertThat(log.appliedAt()).isAfter(log.relayedAt());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "{}",
        "{\"method\":\"chat.dance\"}",
        "{\"method\":\"user.validate_can_chat\",\"params\":{\"receiver_user_ids\":5}}",
        "{\"method\":\"chat.invite\",\"params\":\"none\"}",
        "{\"method\":\"chat.create\",\"Method\":\"x\",\"params\":{\"chat_id\":\"\\u0000\"}}"
      })
  void aMethodThatIsNotKnownIsLoggedUnseen(String text) throws SQLException {
    String chats = database.query("select count(*) from chat");
    assertThat(stored(text).rpc()).isEqualTo(text);
    assertThat(database.query("select count(*) from chat")).isEqualTo(chats);
    assertThat(database.query("select count(*) from chat_message")).isEqualTo("0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"method\":\"internal.anything\"}",
        "{\"method\":\"chat.dance\",\"timestamp\":\"1\"}",
        "{\"method\":\"chat.dance\",\"current_user_id\":1}",
        "{\"method\":\"chat.read\"}",
        "{\"method\":\"chat.read\",\"params\":null}",
        "{\"method\":\"chat.read\",\"params\":[]}",
        "{\"method\":\"chat.read\",\"params\":{\"chat_id\":\"7eP5n:ML51L\",\"CHAT_ID\":1}}",
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"7eP5n:ML51L\",\"is_plaintext\":\"\"}}",
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"7eP5n:ML51L\",\"audience\":{}}}",
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"7eP5n:ML51L\",\"parent_message_id\":1}}",
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"7eP5n:ML51L\",\"message\":\"\\u0000\"}}",
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"ML51L:lE46L\",\"message_id\":\"m\"}}",
        "{\"method\":\"chat.blast\",\"params\":{\"blast_id\":\"\\u0000\"}}",
        "{\"method\":\"chat.blast\",\"params\":{\"blast_id\":\"b\",\"audience_content_id\":\"99999999999\"}}"
      })
  void whatIsRefusedLeavesNothing(String text) throws SQLException {
    assertThat(rpcs.apply(alice, text)).isEmpty();
    assertThat(database.query("select count(*) from rpc_log")).isEqualTo("1");
  }

  @Test
  void membersThatAreAbsentAreEmpty() throws SQLException {
    stored(rpc("chat.message", "'chat_id':'%s'".formatted(chat)));
    assertThat(database.query("select message_id || '|' || ciphertext from chat_message"))
        .isEqualTo("|");
    stored(rpc("chat.blast", ""));
    assertThat(
            database.query(
                "select blast_id || '|' || audience || '|' || plaintext from chat_blast"))
        .isEqualTo("||");
  }

  @Test
  void aReactionIsAppliedOnlyIfItIsNewer() throws SQLException {
    String message = platform.message(bob, chat, "hi").subjectId();
    LocalDateTime time = platform.now();
    react(message, "'first'", time);
    react(message, "'same'", time);
    react(message, "'older'", time.minusSeconds(1));
    react(message, "null", time);
    assertThat(database.query("select reaction from chat_message_reactions")).isEqualTo("first");
    react(message, "'newer'", time.plusSeconds(1));
    assertThat(database.query("select reaction from chat_message_reactions")).isEqualTo("newer");
    react(message, "null", time.plusSeconds(2));
    assertThat(database.query("select count(*) from chat_message_reactions")).isEqualTo("0");
    assertThat(database.query("select count(*) from rpc_log")).isEqualTo("8");
  }

  private void react(String message, String reaction, LocalDateTime time) throws SQLException {
    String params =
        "'chat_id':'%s','message_id':'%s','reaction':%s".formatted(chat, message, reaction);
    assertThat(rpcs.apply(alice, rpc("chat.react", params), time)).isPresent();
  }

  @Test
  void aBlastIsThereOnceAndOnlyWhereItMayBe() throws SQLException {
    String withCarol = platform.createChat(alice, carol).subjectId();
    community.follow(bob, alice);
    community.follow(carol, alice);
    platform.block(carol, alice);
    RpcLog log =
        stored(rpc("chat.blast", "'blast_id':'b','audience':'follower_audience','message':'one'"));
    stored(rpc("chat.blast", "'blast_id':'b','audience':'tipper_audience','message':'two'"));
    assertThat(
            database.query(
                "select string_agg(audience || plaintext, ',') from chat_blast where"
                    + " created_at at time zone 'utc' = '%s'".formatted(log.relayedAt())))
        .isEqualTo("follower_audienceone");
    assertThat(
            database.query(
                "select string_agg(message_id || user_id, ',') from chat_message where"
                    + " created_at = '%s'".formatted(log.relayedAt())))
        .isEqualTo("b" + chat + "1");
    assertThat(database.query("select count(*) from chat_message")).isEqualTo("1");
    platform.unblock(carol, alice);
    // Whoever repeats a blast, it is its first sender's.
    RpcLog again = stored(bob, rpc("chat.blast", "'blast_id':'b','message':'three'"));
    assertThat(
            database.query(
                "select chat_id || user_id || blast_id from chat_message where created_at = '%s'"
                    .formatted(again.relayedAt())))
        .isEqualTo(withCarol + "1b");
    assertThat(
            database.query(
                "select last_message from chat where chat_id = '%s'".formatted(withCarol)))
        .isEqualTo("one");
  }

  @Test
  void aNewChatHoldsEarlierBlastsAtTheirTimes() throws SQLException {
    community.follow(carol, alice);
    String first =
        platform.blast(alice, BlastAudience.of("follower_audience"), "first").subjectId();
    String second =
        platform.blast(alice, BlastAudience.of("follower_audience"), "second").subjectId();
    String withCarol =
        java.util.stream.Stream.of(alice, carol)
            .map(user -> HashIds.encode(user.userId()))
            .sorted()
            .collect(java.util.stream.Collectors.joining(":"));
    // Somebody has taken the id that the second one would have in the chat to come.
    stored(
        rpc(
            "chat.message",
            "'chat_id':'%s','message_id':'%s','message':'mine'"
                .formatted(chat, second + withCarol)));
    stored(
        rpc(
            "chat.create",
            "'chat_id':'%s','invites':[{'user_id':'%s'}]"
                .formatted(withCarol, HashIds.encode(carol.userId()))));
    assertThat(
            database.query(
                "select string_agg(m.message_id, ',') from chat_message m join chat_blast b on"
                    + " b.blast_id = m.blast_id and m.created_at = b.created_at at time zone 'utc'"
                    + " where m.chat_id = '%s'".formatted(withCarol)))
        .isEqualTo(first + withCarol);
  }

  @Test
  void theNamedUserWritesAndTheWalletsFirstUserIsAsked() throws SQLException {
    PlatformUser second = community.createUser("second", alice.wallet());
    String params = "'chat_id':'%s'".formatted(chat);
    stored(rpc("chat.message", params).replace("{\"method", named(bob) + ",\"method"));
    assertThat(database.query("select user_id from chat_message")).isEqualTo("1");
    stored(
        rpc("chat.message", params + ",'message_id':'m'")
            .replace("{\"method", named(second) + ",\"method"));
    assertThat(database.query("select user_id from chat_message where message_id = 'm'"))
        .isEqualTo(String.valueOf(second.userId()));
  }

  @Test
  void whoIsBannedCanNotEvenDoWhatIsNotKnown() throws SQLException {
    database.execute("insert into chat_ban (user_id, is_banned) values (1, true)");
    assertThat(rpcs.apply(alice, "{\"method\":\"chat.dance\"}")).isEmpty();
  }

  private static String named(PlatformUser user) {
    return "{\"current_user_id\":\"" + HashIds.encode(user.userId()) + '"';
  }

  private static String rpc(String method, String params) {
    return "{'method':'%s','params':{%s}}".formatted(method, params).replace('\'', '"');
  }

  private RpcLog stored(String text) throws SQLException {
    return stored(alice, text);
  }

  private RpcLog stored(PlatformUser signer, String text) throws SQLException {
    Optional<RpcLog> log = rpcs.apply(signer, text);
    assertThat(log).as(text).isPresent();
    return log.orElseThrow();
  }
}
