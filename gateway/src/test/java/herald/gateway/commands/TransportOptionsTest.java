package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.config.TransportSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TransportOptionsTest {
  private static TransportSettings parse(Map<String, String> environment, String... arguments) {
    CommandLine herald = HeraldCommand.commandLine(environment);
    List<String> all = new ArrayList<>(List.of("serve", "--database=postgresql://me@db/x"));
    all.addAll(List.of(arguments));
    CommandLine serve =
        herald.parseArgs(all.toArray(String[]::new)).subcommand().commandSpec().commandLine();
    return ((ServeCommand) serve.getCommand()).config().transport();
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
