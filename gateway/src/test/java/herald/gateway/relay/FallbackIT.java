package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.GatewayConfig;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three instances that read the database's notifications while engine or relays are away. */
class FallbackIT {
  private static final int INSTANCES = 3;
  private static final int EVENTS = 20;
  private static final long PATIENCE_SECONDS = 60;
  private static final String ACTIVE = "herald_stream_fallback";

  private final List<TestGateway> gateways = new ArrayList<>();
  private final List<TestClient> clients = new ArrayList<>();

  @Test
  void whileTheStreamIsAwayEventsComeFromTheDatabaseEachOnceAndInOrder() throws Exception {
    try (RelayFixture fixture = new RelayFixture();
        LocalRelay relay = fixture.relay()) {
      NatsServer nats = fixture.nats;
      GatewayConfig config =
          TestGateway.config(fixture.database.url()).toBuilder().stream(
                  nats.settings()
                      .withTimeout(Duration.ofMillis(1_500))
                      .withFallbackAfter(Duration.ofMillis(500)))
              .build();
      for (int i = 0; i < INSTANCES; i++) {
        gateways.add(TestGateway.start(config));
        clients.add(TestClient.connect(gateways.get(i).port(), fixture.bobsKey));
      }
      fixture.write(EVENTS);
      awaitAll(fixture.written);

      nats.kill();
      fixture.write(EVENTS);
      awaitAll(fixture.written);
      awaitActive(1);
      for (TestGateway gateway : gateways) {
        gateway.awaitReady();
      }
      fixture.write(EVENTS);
      nats.restart();
      fixture.write(EVENTS);
      awaitActive(0);
      fixture.write(EVENTS);
      awaitAll(fixture.written);

      nats.kill();
      awaitActive(1);
      fixture.write(EVENTS);
      nats.restartEmpty();
      fixture.write(EVENTS);
      awaitActive(0);
      relay.awaitReady();
      fixture.write(EVENTS);
      awaitAll(fixture.written);

      relay.kill();
      awaitActive(1);
      fixture.write(EVENTS);
      try (LocalRelay again = fixture.relay()) {
        fixture.write(EVENTS);
        awaitActive(0);
        again.awaitActive(true);
        fixture.write(EVENTS);
        awaitAll(fixture.written);
      }

      for (TestClient client : clients) {
        assertThat(client.messageIds()).isEqualTo(fixture.written);
        assertThat(client.received()).noneMatch(message -> message.contains("gateway.gap"));
      }
      for (TestGateway gateway : gateways) {
        assertThat(gateway.metric("herald_stream_fallbacks_total")).isEqualTo(3);
        assertThat(gateway.metric("herald_stream_fallback_repeated_total")).isPositive();
        assertThat(gateway.metric("herald_stream_gaps_total")).isZero();
        assertThat(gateway.gateway().scrape()).doesNotContain("herald_listener_ready");
      }
    } finally {
      for (TestClient client : clients) {
        client.close();
      }
      gateways.forEach(TestGateway::close);
    }
  }

  private void awaitAll(List<String> written) throws InterruptedException {
    for (TestClient client : clients) {
      client.awaitMessage(written.get(written.size() - 1));
    }
  }

  private void awaitActive(int is) throws InterruptedException {
    Eventually.holds(
        "the database is read by all instances: " + is,
        PATIENCE_SECONDS,
        () -> gateways.stream().allMatch(gateway -> gateway.metric(ACTIVE) == is));
  }
}
