package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.RpcLog;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A text of 4 MB does not get through from the database, while others write. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class LargeTextsIT {
  private static final int TEXT_CHARACTERS = 4_000_000;

  /** No connection brings as much but for the large text. */
  private static final long HELD_UP_AFTER_BYTES = 1_000_000;

  private static final long LONGEST_SECONDS = 60;

  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final CountDownLatch isHeldUp = new CountDownLatch(1);
  private EmbeddedDatabase database;
  private TcpProxy proxy;
  private Platform platform;
  private TestGateway gateway;
  private TestClient atBob;
  private TestClient atDave;
  private PlatformUser alice;
  private PlatformUser bob;
  private PlatformUser carol;
  private String chat;
  private String ofStrangers;

  @BeforeEach
  void start() throws Exception {
    SecureRandom random = new SecureRandom();
    database = EmbeddedDatabase.start();
    proxy = new TcpProxy(database.port(), HeldUp::new);
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    WalletKey bobsKey = WalletKey.random(random);
    WalletKey davesKey = WalletKey.random(random);
    alice = community.createUser("alice", "0xa");
    bob = community.createUser("bob", bobsKey.wallet());
    carol = community.createUser("carol", "0xc");
    PlatformUser dave = community.createUser("dave", davesKey.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    ofStrangers = platform.createChat(carol, dave).subjectId();
    gateway =
        TestGateway.start(
            TestGateway.config(
                database.url().replace(":" + database.port() + "/", ":" + proxy.port() + "/")));
    atBob = TestClient.connect(gateway.port(), bobsKey);
    atDave = TestClient.connect(gateway.port(), davesKey);
    Eventually.holds("the clients are in", 20, () -> gateway.metric("herald_cursors") == 2);
  }

  @AfterEach
  void stop() throws Exception {
    goesOn.countDown();
    atBob.close();
    atDave.close();
    gateway.close();
    proxy.close();
    database.close();
  }

  /** What a connection brings beyond some bytes waits until it may go on. */
  private final class HeldUp implements TcpProxy.Filter {
    private long bytesPassed;

    @Override
    public void pass(byte[] bytes, int count, OutputStream to) throws IOException {
      bytesPassed += count;
      if (bytesPassed > HELD_UP_AFTER_BYTES) {
        isHeldUp.countDown();
        try {
          goesOn.await(LONGEST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      to.write(bytes, 0, count);
    }
  }

  /** A text that PostgreSQL can't make much smaller. */
  private static String largeText() {
    return new Random(7)
        .ints(TEXT_CHARACTERS, 'A', 'Z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void strangersDoNotWaitForItAndItsChatKeepsItsOrder() throws Exception {
    String before = platform.message(alice, chat, "before").subjectId();
    String large = platform.message(alice, chat, largeText()).subjectId();
    String behind = platform.message(alice, chat, "behind").subjectId();
    String answer = platform.message(bob, chat, "answer").subjectId();
    assertThat(isHeldUp.await(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 20; i++) {
      atDave.awaitMessage(platform.message(carol, ofStrangers, "to dave").subjectId());
    }
    assertThat(atBob.messageIds()).as("what comes behind it waits").containsExactly(before);
    goesOn.countDown();
    atBob.awaitMessage(behind);
    assertThat(atBob.messageIds()).containsExactly(before, large, behind);
    assertThat(answer).isNotEmpty();
    Eventually.holds(
        "nothing waits", 20, () -> gateway.readingMetric("herald_feed_behind_blasts") == 0);
    assertThat(gateway.gateway().isReady()).isTrue();
  }

  @Test
  void theDatabaseIsLostWhileItIsRead() throws Exception {
    String large = platform.message(alice, chat, largeText()).subjectId();
    String behind = platform.message(alice, chat, "behind").subjectId();
    assertThat(isHeldUp.await(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
              + " and backend_type = 'client backend' and application_name like 'herald%'");
    }
    proxy.cut();
    goesOn.countDown();
    atBob.awaitMessage(behind);
    assertThat(atBob.messageIds()).containsExactly(large, behind);
  }

  /** It has been seen without its text, and can't be read any more when it is its turn. */
  @Test
  void oneThatCantBeReadCostsItselfAlone() throws Exception {
    String large = platform.message(alice, chat, largeText()).subjectId();
    assertThat(isHeldUp.await(LONGEST_SECONDS, TimeUnit.SECONDS)).isTrue();
    String poison = platform.message(alice, chat, largeText()).sig();
    String behind = platform.message(alice, chat, "behind").subjectId();
    atDave.awaitMessage(platform.message(carol, ofStrangers, "what is before is seen").subjectId());
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute("update rpc_log set relayed_at = 'infinity' where sig = '" + poison + "'");
    }
    goesOn.countDown();
    atBob.awaitMessage(behind);
    assertThat(atBob.messageIds()).containsExactly(large, behind);
    assertThat(
            gateway.readingMetric(
                "herald_rpc_logs_total{method=\"unknown\",outcome=\"unreadable\"}"))
        .isEqualTo(1);
    assertThat(gateway.gateway().isReady()).isTrue();
  }

  @Test
  void oneThatMakesItsBatchFailCostsItselfAlone() throws Exception {
    goesOn.countDown();
    String text = "{\"method\":\"chat.read\",\"x\":\"" + largeText() + "\"}";
    LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);
    try (PlatformTransaction transaction = platform.begin()) {
      transaction.append(new RpcLog("poison", text, "0xa", now, now));
      try (var statement = transaction.connection().createStatement()) {
        statement.execute("update rpc_log set relayed_at = 'infinity' where sig = 'poison'");
      }
      transaction.commit();
    }
    String behind = platform.message(alice, chat, "behind").subjectId();
    atBob.awaitMessage(behind);
    assertThat(atBob.messageIds()).isEqualTo(List.of(behind));
    assertThat(
            gateway.readingMetric(
                "herald_rpc_logs_total{method=\"unknown\",outcome=\"unreadable\"}"))
        .isEqualTo(1);
  }
}
