package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** From a commit over relays and the stream to a client. */
class RelayedInstancesIT {
  private static final Pattern ID = Pattern.compile(".*\"id\":\"([^\"]+)\"");
  private static final Pattern TIMESTAMP = Pattern.compile("\"timestamp\":\"([^\"]+)\"");

  @Test
  void whatIsCommittedArrivesInOrderAlsoWhenARelayIsKilled() throws Exception {
    try (RelayFixture fixture = new RelayFixture();
        RunningRelay first = fixture.process().awaitReady();
        RunningRelay second = fixture.process().awaitReady();
        TestGateway gateway = TestGateway.start(fixture.instanceAt(fixture.nats.url()));
        TestClient client = TestClient.connect(gateway.port(), fixture.bobsKey)) {
      List<String> written = fixture.written;
      fixture.write(20);
      client.awaitMessage(written.get(19));
      (first.isActive() ? first : second).kill();
      fixture.write(20);
      client.awaitMessage(written.get(39));
      assertThat(client.messageIds()).isEqualTo(written);
      assertThat(gateway.metric("herald_listener_connects_total")).isZero();
      String named = timestamp(client.awaitMessage(written.get(29)));
      try (TestGateway fresh = TestGateway.start(fixture.instanceAt(fixture.nats.url()));
          TestClient after =
              TestClient.connect(fresh.port(), fixture.bobsKey, Map.of("after", named))) {
        after.awaitMessage(written.get(39));
        assertThat(after.messageIds()).containsSubsequence(written.subList(30, 40));
      }
    }
  }

  /**
   * An instance that has not read so far: the database gives what is behind the event that a client
   * names, and the stream, when it comes, brings none of it again.
   */
  @Test
  void anInstanceThatIsBehindTheStreamIsExact() throws Exception {
    try (RelayFixture fixture = new RelayFixture();
        LocalRelay relay = fixture.relay();
        TcpProxy line = new TcpProxy(fixture.nats.port());
        TestGateway ahead = TestGateway.start(reading(fixture.database, fixture.nats.port()));
        TestClient first = TestClient.connect(ahead.port(), fixture.bobsKey);
        TestGateway behind = TestGateway.start(reading(fixture.database, line.port()))) {
      List<String> written = fixture.written;
      assertThat(relay.isActive()).isTrue();
      fixture.write(1);
      Eventually.holds("both have the first", 60, () -> behind.metric("herald_log_events") == 1);
      line.mute();
      fixture.write(4);
      String named = id(first.awaitMessage(written.get(3)));
      first.awaitMessage(written.get(4));
      try (TestClient client =
          TestClient.connect(behind.port(), fixture.bobsKey, Map.of("after", named))) {
        client.awaitMessage(written.get(4));
        assertThat(behind.metric("herald_log_events")).as("it is behind").isEqualTo(1);
        line.unmute();
        fixture.write(1);
        client.awaitMessage(written.get(5));
        assertThat(client.messageIds()).isEqualTo(written.subList(4, 6));
      }
    }
  }

  /** One that waits for the stream for long, before it does without. */
  private static GatewayConfig reading(SharedDatabase database, int natsPort) {
    return TestGateway.config(database.url()).toBuilder().stream(
            StreamSettings.of("nats://127.0.0.1:" + natsPort).withTimeout(Duration.ofSeconds(60)))
        .build();
  }

  private static String id(String message) {
    Matcher matcher = ID.matcher(message);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static String timestamp(String message) {
    Matcher matcher = TIMESTAMP.matcher(message);
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }
}
