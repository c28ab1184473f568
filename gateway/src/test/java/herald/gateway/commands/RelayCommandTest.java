package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.ByteSize;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.RelaySettings;
import herald.gateway.config.StreamSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The options of a relay and the settings that they make. */
class RelayCommandTest {
  private static final String FEED = "--feed=nats://nats-1,nats-2:4333";

  private static RelayCommand parsed(Map<String, String> environment, String... options) {
    List<String> all = new ArrayList<>(List.of("relay", "--database=postgresql://me@db/x"));
    all.addAll(List.of(options));
    String[] words = all.toArray(new String[0]);
    CommandLine herald = HeraldCommand.commandLine(environment, words);
    return (RelayCommand)
        herald.parseArgs(words).subcommand().commandSpec().commandLine().getCommand();
  }

  @Test
  void theDefaultsAreThoseOfTheSettings() {
    RelayCommand relay = parsed(Map.of(), FEED);
    assertThat(relay.settings()).isEqualTo(RelaySettings.defaults());
    StreamSettings stream = relay.config().stream();
    assertThat(stream).hasToString("nats://nats-1:4222,nats-2:4333/herald");
  }

  @Test
  void eachOptionIsInTheSettings() {
    RelayCommand relay =
        parsed(
            Map.of("HERALD_STREAM_REPLICAS", "3"),
            FEED,
            "--patience=3s",
            "--relay-queue-events=7",
            "--relay-queue-bytes=5m",
            "--create-stream",
            "--stream-max-age=20m",
            "--stream-max-bytes=9g");
    assertThat(relay.settings())
        .isEqualTo(
            new RelaySettings(
                Duration.ofSeconds(3),
                7,
                ByteSize.parse("5m"),
                true,
                3,
                Duration.ofMinutes(20),
                ByteSize.parse("9g")));
  }

  @Test
  void marksComeTwiceInThePatience() {
    assertThat(probeInterval(parsed(Map.of(), FEED))).isEqualTo(Duration.ofMillis(500));
    assertThat(probeInterval(parsed(Map.of(), FEED, "--patience=100ms")))
        .isEqualTo(Duration.ofMillis(100));
    assertThat(probeInterval(parsed(Map.of(), FEED, "--probe-interval=200ms")))
        .isEqualTo(Duration.ofMillis(200));
  }

  private static Duration probeInterval(RelayCommand relay) {
    GatewayConfig config = relay.config();
    return config.feed().probeInterval();
  }

  @Test
  void aRelayNeedsAStream() {
    assertThatThrownBy(() -> parsed(Map.of()).config())
        .hasMessage("--feed names no stream to publish to (expected: --feed nats://host:4222)");
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> parsed(Map.of(), FEED, "--patience=1ms").settings())
        .hasMessage("patience is 1 ms (expected: 100 ms or more)");
    assertThatThrownBy(() -> parsed(Map.of(), FEED, "--stream-replicas=6").settings())
        .hasMessage("stream replicas is 6 (expected: at most 5)");
  }
}
