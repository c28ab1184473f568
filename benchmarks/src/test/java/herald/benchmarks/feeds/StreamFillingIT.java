package herald.benchmarks.feeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import herald.benchmarks.servers.NatsServer;
import herald.gateway.config.StreamSettings;
import herald.gateway.stream.StreamCodec;
import herald.gateway.stream.StreamMessage.OneEvent;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamFillingIT {
  private static final int EVENTS = 2_500;
  private static final int PER_SECOND = 1_000;

  @Test
  void theStreamGetsEventsAsOfARelayWithTheTimesOfThePast() throws Exception {
    Optional<Path> program = NatsServer.find();
    assumeTrue(program.isPresent(), "there is no nats-server: " + NatsServer.HOW_TO_INSTALL);
    try (NatsServer server = NatsServer.start(program.get())) {
      Connection connection = Nats.connect(server.url());
      try {
        JetStreamManagement management = connection.jetStreamManagement();
        management.addStream(
            StreamConfiguration.builder()
                .name(StreamSettings.DEFAULT_NAME)
                .subjects(StreamSettings.of(server.url()).eventSubject())
                .build());
        assertThat(StreamFilling.fill(server.url(), EVENTS, PER_SECOND)).isEqualTo(EVENTS);
        OneEvent first = event(management, 1);
        OneEvent last = event(management, EVENTS);
        assertThat(last.id()).isNotEqualTo(first.id()).isNotNull();
        assertThat(last.relay()).isEqualTo(first.relay());
        assertThat(last.committedAtMicros() - first.committedAtMicros())
            .isEqualTo(TimeUnit.SECONDS.toMicros(EVENTS - 1) / PER_SECOND);
        assertThat(last.audience().users()).hasSize(1);
      } finally {
        connection.close();
      }
    }
  }

  private static OneEvent event(JetStreamManagement management, long sequence) throws Exception {
    MessageInfo message = management.getMessage(StreamSettings.DEFAULT_NAME, sequence);
    return (OneEvent) StreamCodec.decode(message.getData());
  }
}
