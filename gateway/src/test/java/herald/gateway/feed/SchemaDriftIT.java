package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.CompletenessSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What somebody may do to the database of a gateway that runs. */
@SuppressWarnings("NullAway.Init") // set by start
class SchemaDriftIT {
  private static final String DISABLE =
      "alter table rpc_log disable trigger herald_rpc_log_inserted";
  private static final String ENABLE = "alter table rpc_log enable trigger herald_rpc_log_inserted";

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private SharedDatabase database;
  private Platform platform;
  private PlatformUser alice;
  private String chat;
  private TestGateway gateway;
  private TestClient atBob;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    platform = new Platform(database.dataSource());
    alice = community.createUser("alice", "0xa");
    PlatformUser bob = community.createUser("bob", key.wallet());
    chat = platform.createChat(alice, bob).subjectId();
    GatewayConfig config =
        TestGateway.config(database.url()).toBuilder()
            .completeness(
                CompletenessSettings.builder()
                    .sweepInterval(Duration.ofMillis(300))
                    .schemaCheckInterval(Duration.ofMillis(200))
                    .blastTimeout(Duration.ofSeconds(10))
                    .build())
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

  private String message(String text) throws Exception {
    return platform.message(alice, chat, text).subjectId();
  }

  private String readyz() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + gateway.gateway().adminPort() + "/readyz"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  private void awaitReadyz(String... texts) throws Exception {
    Eventually.holds(
        "/readyz says " + List.of(texts),
        20,
        () -> {
          try {
            String answer = readyz();
            return List.of(texts).stream().allMatch(answer::contains);
          } catch (InterruptedException e) {
            throw e;
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void whatNobodyAnnouncesIsFoundAndTheTriggerIsMissed() throws Exception {
    database.execute(DISABLE);
    String unannounced = message("nobody says that this is there");
    atBob.awaitMessage(unannounced);
    awaitReadyz("503", "trigger", "is disabled");
    Eventually.holds(
        "it is counted", 10, () -> gateway.metric("herald_feed_unannounced_total") == 1);
    assertThat(gateway.metric("herald_database_problem")).isEqualTo(1);
    database.execute(ENABLE);
    awaitReadyz("200");
    String announced = message("announced again");
    atBob.awaitMessage(announced);
    assertThat(atBob.messageIds()).containsExactly(unannounced, announced);
  }

  @Test
  void aTriggerThatIsGoneOrOfAnotherFormIsMissed() throws Exception {
    database.execute("drop trigger herald_rpc_log_inserted on rpc_log");
    awaitReadyz("503", "no trigger announces");
    database.execute(
        "create trigger herald_rpc_log_inserted after insert on rpc_log for each row"
            + " when (new.relayed_by = 'bridge') execute function herald_announce_rpc_log()");
    awaitReadyz("503", "herald_rpc_log_inserted");
    database.execute(
        "drop trigger herald_rpc_log_inserted on rpc_log;"
            + "create trigger herald_rpc_log_inserted after insert on rpc_log for each row"
            + " execute function herald_announce_rpc_log()");
    awaitReadyz("200");
  }

  @Test
  void aColumnOfAnotherTypeIsSaidAndHeals() throws Exception {
    atBob.awaitMessage(message("before"));
    database.execute("alter table chat_member alter column user_id type bigint");
    awaitReadyz("503", "chat_member", "user_id is of type bigint");
    String meanwhile = message("meanwhile");
    database.execute("alter table chat_member alter column user_id type integer");
    awaitReadyz("200");
    atBob.awaitMessage(meanwhile);
    atBob.awaitMessage(message("after"));
    assertThat(atBob.messageIds()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void aColumnThatIsGoneIsSaidAndNothingIsLostMeanwhile() throws Exception {
    atBob.awaitMessage(message("before"));
    database.execute("alter table chat_member rename column is_hidden to hidden");
    awaitReadyz("503", "chat_member", "is_hidden is missing");
    String meanwhile;
    // The platform goes on without the column.
    database.execute(
        "insert into chat_message values ('m', '"
            + chat
            + "', "
            + alice.userId()
            + ", '2026-01-01', 'text');"
            + "insert into rpc_log values ('sig', '{\"method\":\"chat.message\",\"params\":"
            + "{\"chat_id\":\"x\",\"message_id\":\"m\"}}', '0xa', 'bridge', '2026-01-01',"
            + " now() at time zone 'utc')");
    meanwhile = "\"m\"";
    Eventually.holds(
        "the row waits", 10, () -> gateway.metric("herald_feed_oldest_waiting_seconds") > 0);
    database.execute("alter table chat_member rename column hidden to is_hidden");
    awaitReadyz("200");
    atBob.awaitMessage(meanwhile);
    atBob.awaitMessage(message("after"));
    assertThat(gateway.metric("herald_rpc_logs_total{method=\"unknown\",outcome=\"unreadable\"}"))
        .isZero();
  }
}
