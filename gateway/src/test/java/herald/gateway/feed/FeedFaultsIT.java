package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformTransaction;
import herald.demo.platform.PlatformUser;
import herald.demo.platform.Written;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.logging.Field;
import herald.gateway.testing.BothFeeds;
import herald.gateway.testing.DatabaseCopy;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;

/** What the database and the line to it may do, while one client stays connected. */
@SuppressWarnings("NullAway.Init") // set by start
@BothFeeds
class FeedFaultsIT {
  private EmbeddedDatabase database;
  private TcpProxy proxy;
  private TestGateway gateway;
  private Platform platform;
  private PlatformUser alice;
  private PlatformUser bob;
  private WalletKey bobsKey;
  private TestClient atBob;
  private String chat;
  private final List<String> committed = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    database = EmbeddedDatabase.start();
    proxy = new TcpProxy(database.port());
    Community community = new Community(database.dataSource());
    platform = new Platform(writers());
    bobsKey = WalletKey.random(new SecureRandom());
    alice = community.createUser("alice", WalletKey.random(new SecureRandom()).wallet());
    bob = community.createUser("bob", bobsKey.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    gateway = TestGateway.start(config());
    atBob = TestClient.connect(gateway.port(), bobsKey);
    Eventually.holds("the client is in", 10, () -> gateway.metric("herald_cursors") == 1);
  }

  /** Connections that {@link #terminateAll} spares: what they commit has to be known. */
  private DataSource writers() {
    PGSimpleDataSource writers = (PGSimpleDataSource) database.dataSource();
    writers.setApplicationName("writer");
    writers.setAssumeMinServerVersion("15");
    return writers;
  }

  /** Everything goes through the proxy. */
  private GatewayConfig config() {
    String url = database.url().replace(":" + database.port() + "/", ":" + proxy.port() + "/");
    return TestGateway.config(url);
  }

  @AfterEach
  void stop() throws Exception {
    atBob.close();
    gateway.close();
    proxy.close();
    database.close();
  }

  private void write() throws SQLException {
    committed.add(platform.message(alice, chat, "message " + committed.size()).subjectId());
  }

  private void awaitAll() throws Exception {
    atBob.awaitMessage(committed.get(committed.size() - 1));
  }

  private void assertAllArrivedOnceAndInOrder() throws Exception {
    awaitAll();
    assertThat(atBob.messageIds()).isEqualTo(committed);
    assertThat(atBob.isOpen()).isTrue();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Ends every connection to the database but the one that says so. */
  private void terminateAll() throws SQLException {
    execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where backend_type = 'client backend' and pid <> pg_backend_pid()"
            + " and application_name not in ('writer', '')");
  }

  @Test
  void theConnectionsAreTerminatedAgainAndAgainUnderLoad() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Thread terminator =
        new Thread(
            () -> {
              try {
                while (!done.get()) {
                  terminateAll();
                  TimeUnit.MILLISECONDS.sleep(150);
                }
              } catch (SQLException | InterruptedException e) {
                // The test is over.
              }
            });
    terminator.start();
    for (int i = 0; i < 600; i++) {
      write();
    }
    done.set(true);
    terminator.join();
    write();
    assertAllArrivedOnceAndInOrder();
    assertThat(gateway.readingMetric("herald_listener_losses_total")).isGreaterThan(0);
  }

  /** However many tries fail meanwhile, that is one loss, and one line says that it has ended. */
  @Test
  void theServerIsKilledAndComesBack() throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger(Listener.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    try {
      write();
      database.stopHard();
      Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
      assertThat(atBob.isOpen()).isTrue();
      database.restart();
      write();
      gateway.awaitReady();
      write();
      assertAllArrivedOnceAndInOrder();
      assertThat(gateway.readingMetric("herald_listener_losses_total")).isEqualTo(1);
    } finally {
      log.detachAppender(lines);
    }
    assertThat(List.copyOf(lines.list))
        .filteredOn(line -> line.getMessage().startsWith("the listener is back after {} s"))
        .singleElement()
        .extracting(line -> (Field) line.getArgumentArray()[0])
        .returns("away_ms", Field::name)
        .satisfies(away -> assertThat((Long) away.value()).isPositive());
  }

  @Test
  void theDatabaseFailsOverToAnotherServer() throws Exception {
    write();
    try (EmbeddedDatabase successor = EmbeddedDatabase.start()) {
      DatabaseCopy.copy(database.dataSource(), successor.dataSource());
      String password = new URI(database.url()).getUserInfo().split(":", 2)[1];
      try (Connection connection = successor.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("alter role postgres password '" + password + "'");
      }
      database.stopHard();
      // Written before the gateway has found its way: nobody is there to be notified.
      PGSimpleDataSource writers = (PGSimpleDataSource) successor.dataSource();
      writers.setPassword(password);
      platform = new Platform(writers);
      write();
      proxy.retarget(successor.port());
      Eventually.holds(
          "the gateway listens there",
          20,
          () -> gateway.readingMetric("herald_listener_connects_total") == 2);
      write();
      assertAllArrivedOnceAndInOrder();
      gateway.awaitReady();
    }
  }

  @Test
  void whileTheDatabaseIsAwayTheKnownGetIn() throws Exception {
    write();
    awaitAll();
    WalletKey strangersKey = WalletKey.random(new SecureRandom());
    database.stopHard();
    Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
    try (TestClient second = TestClient.connect(gateway.port(), bobsKey)) {
      second.awaitMessage(committed.get(0));
      assertThatThrownBy(() -> TestClient.connect(gateway.port(), strangersKey).close())
          .hasMessageContaining("503");
      assertThat(second.isOpen()).isTrue();
    }
    database.restart();
    gateway.awaitReady();
  }

  @Test
  void theLineIsCut() throws Exception {
    write();
    proxy.cut();
    write();
    write();
    assertAllArrivedOnceAndInOrder();
    gateway.awaitReady();
  }

  @Test
  void theLineGoesMute() throws Exception {
    write();
    proxy.mute();
    write();
    Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
    write();
    proxy.unmute();
    gateway.awaitReady();
    write();
    assertAllArrivedOnceAndInOrder();
  }

  @Test
  void aRowThatCommitsLateAcrossALossIsFound() throws Exception {
    String other =
        platform
            .createChat(alice, bob, new Community(database.dataSource()).createUser("c", "0x1"))
            .subjectId();
    try (PlatformTransaction late = platform.begin()) {
      Written written = late.message(alice, other, "late");
      write();
      atBob.awaitMessage(committed.get(0));
      proxy.mute();
      Eventually.holds("the gateway notices", 15, () -> !gateway.gateway().isReady());
      late.commit();
      committed.add(written.subjectId());
      write();
      proxy.unmute();
      gateway.awaitReady();
    }
    write();
    atBob.awaitMessage(committed.get(committed.size() - 1));
    assertThat(atBob.messageIds()).containsExactlyInAnyOrderElementsOf(committed);
  }

  @Test
  void manyWritersAtOnceKeepTheOrderOfTheChat() throws Exception {
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread writer =
          new Thread(
              () -> {
                for (int n = 0; n < 100; n++) {
                  try (PlatformTransaction transaction = platform.begin()) {
                    Written written = transaction.message(alice, chat, "message");
                    // Under the chat's lock: the order of commits.
                    synchronized (committed) {
                      committed.add(written.subjectId());
                    }
                    transaction.commit();
                  } catch (SQLException e) {
                    throw new AssertionError(e);
                  }
                }
              });
      writers.add(writer);
      writer.start();
    }
    for (Thread writer : writers) {
      writer.join();
    }
    assertAllArrivedOnceAndInOrder();
  }
}
