package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes by callback is what the fetch thread would have read. */
@SuppressWarnings("NullAway.Init") // set by start
class DirectConnectionIT {
  private static final int TEXT_BYTES = RpcLogReader.LARGE_TEXT_BYTES;

  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
  private SharedDatabase database;
  private Platform platform;
  private PlatformUser alice;
  private PlatformUser bob;
  private String chat;
  private DirectConnection direct;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", "0xb");
    chat = platform.createChat(alice, bob).subjectId();
    direct =
        DirectConnection.open(
            DatabaseUrl.parse(database.url()),
            FeedSettings.defaults(),
            null,
            () -> closed.complete(null));
  }

  @AfterEach
  void stop() {
    direct.close();
  }

  /** All rows there are, in some order, and one that is not there. */
  private Map<String, Long> signatures() throws SQLException {
    Map<String, Long> signatures = new LinkedHashMap<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select sig from rpc_log order by md5(sig)")) {
      while (row.next()) {
        signatures.put(row.getString(1), (long) row.getRow());
      }
    }
    signatures.put("not there", 0L);
    return signatures;
  }

  private static final class Waiting implements DirectConnection.Answer {
    private final CompletableFuture<List<RpcLog>> rows = new CompletableFuture<>();

    @Override
    public void onRows(List<RpcLog> found, long nanos) {
      rows.complete(found);
    }

    @Override
    public void onFailure(Throwable why) {
      rows.completeExceptionally(why);
    }
  }

  private CompletableFuture<List<RpcLog>> read(Map<String, Long> signatures) {
    Waiting waiting = new Waiting();
    direct.read(signatures, TEXT_BYTES, waiting);
    return waiting.rows;
  }

  private static List<RpcLog> await(CompletableFuture<List<RpcLog>> rows) throws Exception {
    return rows.get(20, TimeUnit.SECONDS);
  }

  private void row(String sig, String rpc) throws SQLException {
    database.execute(
        "insert into rpc_log values ('%s', '%s', '0xa', 'bridge', now(), now())"
            .formatted(sig, rpc));
  }

  private void writeAllKinds() throws SQLException {
    String message =
        platform.message(alice, chat, "a \"quoted\" text, \u00fc and \ud83d\ude00").subjectId();
    platform.message(bob, chat, "");
    platform.react(bob, chat, message, "\ud83d\udd25");
    platform.react(alice, chat, message, null);
    platform.read(bob, chat);
    platform.block(bob, alice);
    platform.message(alice, chat, "to one who has blocked");
    platform.unblock(bob, alice);
    platform.blast(alice, BlastAudience.of("follower_audience"), "blast");
    platform.permit(alice, "all", false);
    platform.delete(bob, chat);
    platform.message(alice, chat, "to one from whom the chat is hidden");
    database.execute("delete from chat_message_reactions");
    row("no rpc", "[1, 2]");
    row("no method", "{}");
    row(
        "a message that is not there",
        "{\"method\":\"chat.message\",\"params\":{\"message_id\":\"x\"}}");
    row("no message at all", "{\"method\":\"chat.message\",\"params\":{}}");
    row("large", "{\"x\":\"" + "y".repeat(TEXT_BYTES) + "\"}");
    database.execute(
        "insert into rpc_log values ('of nobody', '{\"method\":\"chat.read\"}', '0xnobody',"
            + " 'bridge', now(), now())");
  }

  @Test
  void rowsOfAllKindsAreReadAsByTheFetchThread() throws Exception {
    writeAllKinds();
    Map<String, Long> signatures = signatures();
    RpcLogReader reader = RpcLogReader.ofSmallTexts(database.dataSource(), null);
    List<RpcLog> expected = reader.read(signatures).found();
    assertThat(expected).hasSizeGreaterThan(15).anyMatch(RpcLog::isUnread);
    assertThat(await(read(signatures))).isEqualTo(expected);
    for (RpcLog one : expected) {
      Map<String, Long> alone = Map.of(one.sig(), one.receivedAtNanos());
      assertThat(await(read(alone))).containsExactly(one);
    }
  }

  /** The statement guesses a message's id from how the SDK writes it. */
  @Test
  void aRowForWhichAnotherMessageHasToBeLookedUpIsLeftOut() throws Exception {
    String message = platform.message(alice, chat, "text").subjectId();
    row(
        "spaced",
        "{\"method\": \"chat.message\", \"params\": {\"message_id\": \"" + message + "\"}}");
    row("escaped", "{\"method\":\"chat.message\",\"params\":{\"message_id\":\"\\u0061\"}}");
    row("plain", "{\"method\":\"chat.read\"}");
    Map<String, Long> signatures = Map.of("escaped", 0L, "plain", 0L);
    assertThat(await(read(signatures))).extracting(RpcLog::sig).containsExactly("plain");
  }

  @Test
  void aReadingThatFailsIsAnsweredAndTheNextOneIsRead() throws Exception {
    row("plain", "{\"method\":\"chat.read\"}");
    database.execute("alter table rpc_log rename to gone");
    assertThat(read(Map.of("plain", 0L)))
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableThat()
        .havingRootCause()
        .withMessageContaining("rpc_log");
    database.execute("alter table gone rename to rpc_log");
    assertThat(await(read(Map.of("plain", 0L)))).hasSize(1);
  }

  @Test
  void aSecondReadingAtTheSameTimeIsRefused() throws Exception {
    List<CompletableFuture<List<RpcLog>>> readings = new ArrayList<>();
    try (Connection locking = database.connect();
        Statement statement = locking.createStatement()) {
      locking.setAutoCommit(false);
      statement.execute("lock table rpc_log");
      readings.add(read(Map.of("one", 0L)));
      readings.add(read(Map.of("two", 0L)));
      assertThat(readings.get(1)).isCompletedExceptionally();
      assertThat(direct.readingNanos()).isPositive();
      assertThat(readings.get(0)).isNotDone();
      locking.rollback();
    }
    assertThat(await(readings.get(0))).isEmpty();
    assertThat(direct.readingNanos()).isZero();
  }

  @Test
  void aReadingOnAConnectionThatIsClosedFails() throws Exception {
    try (Connection locking = database.connect();
        Statement statement = locking.createStatement()) {
      locking.setAutoCommit(false);
      statement.execute("lock table rpc_log");
      CompletableFuture<List<RpcLog>> reading = read(Map.of("one", 0L));
      direct.close();
      assertThat(reading).isCompletedExceptionally();
      assertThat(direct.isOpen()).isFalse();
      assertThat(read(Map.of("two", 0L))).isCompletedExceptionally();
    }
  }

  @Test
  void aConnectionThatTheServerEndsIsNoticedWithItsReading() throws Exception {
    try (Connection locking = database.connect();
        Statement statement = locking.createStatement()) {
      locking.setAutoCommit(false);
      statement.execute("lock table rpc_log");
      CompletableFuture<List<RpcLog>> reading = read(Map.of("one", 0L));
      database.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = '%s'"
              .formatted(DirectConnection.APPLICATION_NAME));
      assertThat(reading).failsWithin(20, TimeUnit.SECONDS);
      assertThat(closed).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(direct.isOpen()).isFalse();
    }
  }
}
