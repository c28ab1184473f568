package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.TransportKind;
import herald.gateway.config.TransportSettings;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole server with direct writes and without them: its clients notice no difference. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DirectWritesIT {
  private static final int EVENTS = 2_000;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyEventArrivesOnceAndInOrder(boolean directWrites) throws Exception {
    try (BareServer server =
            new BareServer(
                BareServer.config()
                    .transport(new TransportSettings(TransportKind.AUTO, 1, directWrites))
                    .build());
        TestClient client = TestClient.connect(server.port(), BareServer.path())) {
      Eventually.holds(
          "the connection has its place", 20, () -> server.dispatcher.openCursors() == 1);
      List<String> expected = new ArrayList<>();
      // One by one, which go through the loop's buffer; at last several at once, which do not.
      for (int number = 0; number < EVENTS; number++) {
        server.publish("event" + number);
        expected.add("event" + number);
        if (number < 100) {
          client.awaitMessages(number + 1);
        }
      }
      assertThat(client.awaitMessages(EVENTS))
          .extracting(message -> message.replaceAll(".*\"name\":\"([^\"]*)\".*", "$1"))
          .isEqualTo(expected);
    }
  }
}
