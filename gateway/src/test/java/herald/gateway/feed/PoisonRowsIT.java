package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Committed rows that can't be read, or could not be: each costs itself and nobody else. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class PoisonRowsIT {
  private final WalletKey key = WalletKey.random(new SecureRandom());
  private final List<String> committed = new ArrayList<>();
  private SharedDatabase database;
  private Community community;
  private Platform platform;
  private PlatformUser alice;
  private PlatformUser bob;
  private String chat;
  private TestGateway gateway;
  private TestClient atBob;
  private int poisoned;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", key.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    GatewayConfig config =
        TestGateway.config(database.url()).toBuilder()
            .completeness(
                CompletenessSettings.builder().blastTimeout(Duration.ofSeconds(1)).build())
            .build();
    gateway = TestGateway.start(config);
    atBob = TestClient.connect(gateway.port(), key);
    Eventually.holds("the client is in", 10, () -> gateway.metric("herald_cursors") == 1);
  }

  @AfterEach
  void stop() throws Exception {
    atBob.close();
    gateway.close();
  }

  private static LocalDateTime now() {
    return LocalDateTime.now(ZoneOffset.UTC);
  }

  private void message(PlatformTransaction transaction) throws Exception {
    committed.add(transaction.message(alice, chat, "message " + committed.size()).subjectId());
  }

  private void poison(PlatformTransaction transaction, String rpc) throws Exception {
    poison(transaction, rpc, "0xa");
  }

  private void poison(PlatformTransaction transaction, String rpc, String wallet) throws Exception {
    transaction.append(new RpcLog("poison " + ++poisoned, rpc, wallet, now(), now()));
  }

  /** A time that no number can stand for: the statement fails, and with it the whole batch. */
  private void unreadable(PlatformTransaction transaction) throws Exception {
    try (var statement = transaction.connection().createStatement()) {
      statement.execute(
          "insert into rpc_log values ('unreadable "
              + ++poisoned
              + "', '{\"method\":\"chat.read\"}', '0xa', 'bridge', 'infinity', now())");
    }
  }

  private void assertAllArrivedInOrder() throws Exception {
    atBob.awaitMessage(committed.get(committed.size() - 1));
    assertThat(atBob.messageIds()).isEqualTo(committed);
    TestGateway.Eventually.holds("the gateway is ready", 60, gateway.gateway()::isReady);
  }

  private double unreadableCount() {
    return gateway.readingMetric(
        "herald_rpc_logs_total{method=\"unknown\",outcome=\"unreadable\"}");
  }

  @Test
  void textsThatPostgresCanNotConvertOrNestTooDeepAreNoPoisonAnyMore() throws Exception {
    try (PlatformTransaction transaction = platform.begin()) {
      message(transaction);
      poison(
          transaction,
          "{\"method\":\"chat.create\",\"Method\":\"x\",\"params\":{\"chat_id\":\"\\u0000\"}}");
      poison(transaction, "{\"method\":\"chat.create\",\"params\":{\"chat_id\":\"\\u0000\"}}");
      poison(transaction, "{\"method\":\"chat.blast\",\"params\":{\"blast_id\":\"\\u0000\"}}");
      poison(
          transaction,
          "{\"method\":\"chat.message\",\"params\":{\"message_id\":\"\\u0000\",\"chat_id\":\"x\"}}");
      poison(transaction, "{\"method\":\"chat.react\",\"params\":{\"message_id\":\"\\ud800\"}}");
      int depth = 6_000;
      poison(transaction, "{\"a\":".repeat(depth) + "0" + "}".repeat(depth));
      poison(
          transaction,
          "{\"method\":\"chat.message\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}");
      message(transaction);
      transaction.commit();
    }
    assertAllArrivedInOrder();
    assertThat(unreadableCount()).isZero();
  }

  @Test
  void anUnreadableRowIsFoundInItsBatchCountedAndPassed() throws Exception {
    Random random = new Random(7);
    int unreadable = 0;
    try (PlatformTransaction transaction = platform.begin()) {
      for (int i = 0; i < 200; i++) {
        if (random.nextInt(50) == 0) {
          unreadable(transaction);
          unreadable++;
        }
        message(transaction);
      }
      transaction.commit();
    }
    assertAllArrivedInOrder();
    assertThat(unreadable).isPositive();
    assertThat(unreadableCount()).isEqualTo(unreadable);
    try (PlatformTransaction transaction = platform.begin()) {
      message(transaction);
      transaction.commit();
    }
    assertAllArrivedInOrder();
  }

  /** Together they are larger than the heap of the tests; no sender has very many. */
  @Test
  void largeRowsAreReadOneByOne() throws Exception {
    List<String> wallets = List.of("0xa", "0xc", "0xd", "0xe");
    for (String wallet : wallets.subList(1, wallets.size())) {
      community.createUser(wallet, wallet);
    }
    String large = "x".repeat(4_000_000);
    try (PlatformTransaction transaction = platform.begin()) {
      for (int i = 0; i < 300; i++) {
        poison(
            transaction,
            "{\"method\":\"chat.message\",\"x\":\"" + large + "\"}",
            wallets.get(i % wallets.size()));
        if (i % 20 == 0) {
          message(transaction);
        }
      }
      message(transaction);
      transaction.commit();
    }
    for (String id : committed) {
      atBob.awaitMessage(id);
    }
    assertAllArrivedInOrder();
  }

  @Test
  void aBlastWhoseAudienceCanNotBeHadIsGivenUpAndTheOthersPass() throws Exception {
    PlatformUser slow = community.createUser("slow", "0x1");
    PlatformUser broken = community.createUser("broken", "0x2");
    community.follow(bob, slow);
    community.follow(bob, broken);
    community.follow(bob, alice);
    String inSlowChat = platform.createChat(slow, bob).subjectId();
    // Committed by the platform as ever; what the gateway asks for fails.
    database.execute(
        "alter function chat_blast_audience(text) rename to real_audience;"
            + "create function chat_blast_audience(blast_id_param text)"
            + " returns table (blast_id text, to_user_id integer) language plpgsql stable as $$"
            + " declare sender int := (select from_user_id from chat_blast b"
            + "   where b.blast_id = blast_id_param);"
            + " begin"
            + "   if current_setting('application_name') = 'herald' then"
            + "     if sender = "
            + slow.userId()
            + " then perform pg_sleep(600); end if;"
            + "     if sender = "
            + broken.userId()
            + " then raise exception 'broken'; end if;"
            + "   end if;"
            + "   return query select * from real_audience(blast_id_param);"
            + " end $$");
    BlastAudience followers = BlastAudience.of("follower_audience");
    platform.blast(slow, followers, "takes too long");
    String behind = platform.message(slow, inSlowChat, "behind the slow blast").subjectId();
    platform.blast(broken, followers, "fails");
    String passes = platform.blast(alice, followers, "passes").subjectId();
    atBob.awaitMessage(passes);
    atBob.awaitMessage(behind);
    assertThat(
            gateway.readingMetric(
                "herald_rpc_logs_total{method=\"chat_blast\",outcome=\"unreadable\"}"))
        .isEqualTo(2);
    assertThat(atBob.received()).noneMatch(message -> message.contains("takes too long"));
    assertThat(gateway.gateway().isReady()).isTrue();
  }

  /** The plan is made and kept while the table is empty, and goes by key all the same. */
  @Test
  void aTableThatWasAnalyzedWhileItWasEmptyIsReadByKey() throws Exception {
    SharedDatabase empty = SharedDatabase.fresh();
    empty.execute("vacuum analyze");
    RpcLogReader reader;
    try (var pool = EmptyTables.pool(empty)) {
      reader = new RpcLogReader(pool, null);
      // Often enough for the driver and the server to settle on a plan.
      for (int i = 0; i < 20; i++) {
        reader.read(java.util.Map.of("none " + i, 0L));
      }
      empty.execute(
          "insert into rpc_log select 'sig' || n, '{}', '0xa', 'bridge', now(), now()"
              + " from generate_series(1, 20000) n");
      String scans = "select seq_scan from pg_stat_user_tables where relname = 'rpc_log'";
      EmptyTables.flushStatistics(pool);
      String before = empty.query(scans);
      for (int i = 1; i <= 20; i++) {
        assertThat(reader.read(java.util.Map.of("sig" + i, 0L)).found()).hasSize(1);
      }
      EmptyTables.flushStatistics(pool);
      assertThat(empty.query(scans)).isEqualTo(before);
    }
  }
}
