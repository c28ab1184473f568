package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.TransportSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TransportOptionsTest {
  private static TransportSettings parse(Map<String, String> environment, String... arguments) {
    TransportOptions options = new TransportOptions();
    new CommandLine(options)
        .setDefaultValueProvider(new EnvironmentDefaults(environment))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(arguments);
    return options.settings();
  }

  @Test
  void withoutOptionsTheSettingsAreTheDefaults() {
    assertThat(parse(Map.of())).isEqualTo(TransportSettings.defaults());
  }

  @Test
  void directWritesAreSwitchedByOptionOrEnvironment() {
    assertThat(parse(Map.of(), "--direct-writes", "off").directWrites()).isFalse();
    assertThat(parse(Map.of(), "--direct-writes", "ON").directWrites()).isTrue();
    assertThat(parse(Map.of("HERALD_DIRECT_WRITES", "off")).directWrites()).isFalse();
  }

  @Test
  void anotherWordIsRefused() {
    assertThatThrownBy(() -> parse(Map.of(), "--direct-writes", "maybe"))
        .hasMessageContaining("--direct-writes")
        .hasMessageContaining("'maybe'");
  }
}
