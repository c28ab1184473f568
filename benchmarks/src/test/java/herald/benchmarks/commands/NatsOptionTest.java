package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import herald.benchmarks.servers.NatsServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class NatsOptionTest {
  private static final Path INSTALLED = Path.of("/installed/nats-server");

  private final NatsOption option = new NatsOption();
  private final List<String> said = new ArrayList<>();

  @Test
  void withoutAProgramItIsSaidHowToGetOne() {
    assertThat(option.program(Optional.empty(), said::add)).isEmpty();
    assertThat(said)
        .singleElement()
        .asString()
        .contains(NatsServer.HOW_TO_INSTALL, "--nats-server");
  }

  @Test
  void theInstalledOneIsStartedWhereNoneIsNamed() {
    assertThat(option.program(Optional.of(INSTALLED), said::add)).contains(INSTALLED);
    assertThat(said).isEmpty();
  }

  @Test
  void theNamedOneGoesBeforeTheInstalledOne() {
    new CommandLine(option).parseArgs("--nats-server=/named/nats-server");
    assertThat(option.program(Optional.of(INSTALLED), said::add))
        .contains(Path.of("/named/nats-server"));
  }
}
