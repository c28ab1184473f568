package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.RehearsalSettings;
import herald.gateway.testing.TestGateway;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An instance that has rehearsed knows nothing of it. */
class RehearsedStartIT {
  @Test
  void noFigureHasSeenTheRehearsal() throws Exception {
    try (TestGateway gateway =
        TestGateway.start(
            TestGateway.config(SharedDatabase.fresh().url()).toBuilder()
                .rehearsal(new RehearsalSettings(Duration.ofMillis(300)))
                .build())) {
      assertThat(gateway.gateway().scrape())
          .contains(
              "herald_connections_opened_total 0.0\n",
              "herald_cursors 0.0\n",
              "herald_deliveries_total 0.0\n",
              "herald_events_total{method=\"chat_message\"} 0.0\n",
              "herald_mailboxes 0.0\n",
              "herald_isolated_failures_total{place=\"rehearsal\"} 0.0\n");
    }
  }
}
