package herald.gateway.stored;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.api.SignedRpcs;
import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDateTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One row that can't be read: what is behind it arrives, messages as well as blasts. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
final class PoisonTextsIT {
  /** How deep PostgreSQL goes hangs on the stack that it has. */
  private static final int TOO_DEEP = 100_000;

  private SharedDatabase database;
  private Platform platform;
  private SignedRpcs rpcs;
  private TestGateway gateway;
  private PlatformUser alice;
  private PlatformUser bob;
  private TestClient atBob;
  private String chat;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    rpcs = new SignedRpcs(platform);
    alice = community.createUser("alice", "0xa1");
    WalletKey bobsKey = WalletKey.random(new SecureRandom());
    bob = community.createUser("bob", bobsKey.wallet());
    community.follow(bob, alice);
    chat = platform.createChat(alice, bob).subjectId();
    gateway = TestGateway.start(database.url());
    atBob = TestClient.connect(gateway.port(), bobsKey);
    Eventually.holds("the client is in", 20, () -> gateway.metric("herald_cursors") == 1);
  }

  @AfterEach
  void stop() throws Exception {
    atBob.close();
    gateway.close();
  }

  /** The server commits a method that it does not know without looking at the rest. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"method\":\"chat.create\",\"Method\":\"x\",\"params\":{\"chat_id\":\"\\u0000\"}}",
        "{\"method\":\"chat.blast\",\"Method\":\"x\",\"params\":{\"blast_id\":\"\\u0000\"}}",
        "{\"method\":\"chat.react\",\"Method\":\"x\",\"params\":{\"message_id\":\"\\u0000\"}}",
        "{\"method\":\"\\u0000\",\"current_user_id\":\"\\u0000\",\"params\":\"\\u0000\"}"
      })
  void whatTheServerStoresUnseen(String text) throws Exception {
    assertThat(rpcs.apply(alice, text)).isPresent();
    assertAllElseArrives();
  }

  /** Whoever writes to the table, no row of it may stop the feed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"method\":\"chat.create\",\"params\":{\"chat_id\":\"\\u0000\"}}",
        "{\"method\":\"chat.blast\",\"params\":{\"blast_id\":\"\\u0000\"}}",
        "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"\\u0000\",\"message_id\":\"\\u0000\"}}",
        "{\"method\":\"chat.react\",\"params\":{\"chat_id\":\"x\",\"message_id\":\"\\u0000\"}}",
        "{\"method\":\"chat.message\",\"current_user_id\":\"\\u0000\",\"params\":{\"message_id\":\"x\"}}",
        "{\"method\":\"chat.message\",\"params\":{\"message_id\":\"\\ud800\"}}",
        "{\"\\ud800\":1,\"method\":\"chat.message\",\"params\":{\"message_id\":\"\\udc00\\ud800\"}}",
        "null",
        "[]",
        "\"\\u0000\""
      })
  void whatNobodyShouldStore(String text) throws Exception {
    LocalDateTime now = platform.now();
    platform.append(new RpcLog("poison", text, alice.wallet(), now, now));
    assertAllElseArrives();
  }

  /** One that can just be written needs a little too much stack where it is read. */
  @Test
  void whatIsNestedAsDeepAsItCanBeStored() throws Exception {
    int stored = 0;
    int refused = TOO_DEEP;
    while (refused - stored > 1) {
      int depth = (stored + refused) / 2;
      if (isStored(depth, false)) {
        stored = depth;
      } else {
        refused = depth;
      }
    }
    assertThat(stored).isGreaterThan(1_000);
    assertThat(isStored(stored, true)).isTrue();
    assertAllElseArrives();
  }

  private boolean isStored(int depth, boolean isToStay) throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
                    + " values ('poison', ?, '', 'bridge', now(), now())")) {
      connection.setAutoCommit(false);
      // As JSON and not as a text to be cast: that takes less stack.
      insert.setObject(1, "{\"params\":".repeat(depth) + "1" + "}".repeat(depth), Types.OTHER);
      insert.executeUpdate();
      if (isToStay) {
        connection.commit();
      }
      return true;
    } catch (SQLException e) {
      // 54001, statement too complex: PostgreSQL manual, appendix A.
      assertThat(e.getSQLState()).isEqualTo("54001");
      return false;
    }
  }

  /** The time is a row's, too, and PostgreSQL's has more moments than a number of microseconds. */
  @ParameterizedTest
  @ValueSource(strings = {"infinity", "-infinity", "294276-12-31 23:59:59", "4713-01-01 BC"})
  void aTimeOutsideOfTime(String time) throws Exception {
    String text = "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\"%s\"}}".formatted(chat);
    database.execute(
        "insert into rpc_log (sig, rpc, from_wallet, relayed_by, relayed_at, applied_at)"
            + " values ('poison', '%s', '%s', 'bridge', '%s', now() at time zone 'utc')"
                .formatted(text, alice.wallet(), time));
    assertAllElseArrives();
  }

  private void assertAllElseArrives() throws Exception {
    String message = platform.message(alice, chat, "behind it").subjectId();
    atBob.awaitMessage(message);
    String blast =
        platform.blast(alice, BlastAudience.of("follower_audience"), "to all").subjectId();
    atBob.awaitMessage(blast);
    String last = platform.message(alice, chat, "behind the blast").subjectId();
    atBob.awaitMessage(last);
    assertThat(atBob.messageIds()).containsExactly(message, blast + chat, last);
  }
}
