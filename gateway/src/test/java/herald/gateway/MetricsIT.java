package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

/** What the metrics say after a known course of events. */
class MetricsIT {
  private static final String OPEN_METRICS = "application/openmetrics-text";

  private static HttpResponse<String> metrics(TestGateway gateway, String accept) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + gateway.gateway().adminPort() + "/metrics?x=y");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).header("Accept", accept).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void areGivenInTheFormatThatIsAskedFor() throws Exception {
    try (TestGateway gateway = TestGateway.start(SharedDatabase.fresh().url())) {
      HttpResponse<String> open = metrics(gateway, OPEN_METRICS + ";q=0.5,*/*;q=0.1");
      assertThat(open.headers().firstValue("content-type").orElseThrow()).startsWith(OPEN_METRICS);
      assertThat(open.body())
          .contains("# TYPE herald_deliveries counter\n", "herald_deliveries_total 0.0\n")
          .endsWith("\n# EOF\n");
      HttpResponse<String> text = metrics(gateway, "*/*");
      assertThat(text.headers().firstValue("content-type"))
          .contains("text/plain; version=0.0.4; charset=utf-8");
      assertThat(text.body())
          .contains("# TYPE herald_deliveries_total counter\n", "herald_deliveries_total 0.0\n")
          .doesNotContain("# EOF");
    }
  }

  @Test
  void tellWhatHasHappened() throws Exception {
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    WalletKey key = WalletKey.random(new SecureRandom());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    String chat = platform.createChat(alice, bob).subjectId();
    try (TestGateway gateway = TestGateway.start(database.url())) {
      try (TestClient one = TestClient.connect(gateway.port(), key);
          TestClient two = TestClient.connect(gateway.port(), key)) {
        Eventually.holds("both are in", 10, () -> gateway.metric("herald_cursors") == 2);
        assertThat(gateway.metric("herald_users")).isEqualTo(1);
        assertThat(gateway.metric("herald_handshakes_total{outcome=\"upgraded\"}")).isEqualTo(2);
        for (String stage : new String[] {"request", "recovery", "directory", "upgrade"}) {
          assertThat(gateway.metric(count("herald_handshake_stage", "stage", stage)))
              .as(stage)
              .isEqualTo(2);
        }

        platform.message(alice, chat, "counted");
        one.awaitMessage("counted");
        two.awaitMessage("counted");
        Eventually.holds(
            "both writes are counted", 10, () -> gateway.metric("herald_deliveries_total") == 2);
        assertThat(
                gateway.metric("herald_rpc_logs_total{method=\"chat_message\",outcome=\"pushed\"}"))
            .isEqualTo(1);
        assertThat(gateway.metric("herald_delivered_bytes_total")).isGreaterThan(300);
        for (String stage : new String[] {"notification", "fetch", "encode"}) {
          assertThat(gateway.metric(count("herald_push_stage", "stage", stage)))
              .as(stage)
              .isEqualTo(1);
        }
        Eventually.holds(
            "each loop's write is timed",
            10,
            () -> {
              double writes = gateway.metric(count("herald_push_stage", "stage", "write"));
              return writes >= 1 && writes == gateway.metric("herald_push_lag_seconds_count");
            });
        Eventually.holds(
            "both have confirmed",
            10,
            () ->
                gateway.metric("herald_acknowledge_time_seconds_count") >= 2
                    && gateway.metric("herald_cursors_unconfirmed") == 0);
        Eventually.holds(
            "PostgreSQL's queue is asked",
            10,
            () -> gateway.metric("herald_postgresql_notification_queue_ratio") == 0);
        assertThat(gateway.metric("herald_listener_state{state=\"proved\"}")).isEqualTo(1);
        assertThat(gateway.metric("herald_listener_state{state=\"lost\"}")).isZero();
        assertThat(gateway.metric("hikaricp_connections_max{pool=\"herald-primary\"}"))
            .isEqualTo(16);
        Eventually.holds(
            "loops are measured", 10, () -> gateway.metric("herald_loop_lag_seconds_count") > 0);
      }
      Eventually.holds("both are gone", 10, () -> gateway.metric("herald_users") == 0);
      assertThat(gateway.metric("herald_cursors")).isZero();
      try (TestClient again = TestClient.connect(gateway.port(), key)) {
        again.awaitMessage("counted");
        assertThat(gateway.metric("herald_replays_total{source=\"remembered\"}")).isEqualTo(1);
      }
    }
  }

  private static String count(String timer, String label, String value) {
    return timer + "_seconds_count{" + label + "=\"" + value + "\"}";
  }
}
