package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import herald.benchmarks.servers.Centrifugo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CentrifugoOptionTest {
  private static final Path INSTALLED = Path.of("/installed/centrifugo");

  private final CentrifugoOption option = new CentrifugoOption();
  private final List<String> said = new ArrayList<>();

  @Test
  void withoutAProgramItIsSaidHowToGetOne() {
    assertThat(option.program(Optional.empty(), said::add)).isEmpty();
    assertThat(said).singleElement().asString().contains(Centrifugo.HOW_TO_INSTALL);
  }

  @Test
  void theInstalledOneTakesPartWhereNoneIsNamed() {
    assertThat(option.program(Optional.of(INSTALLED), said::add)).contains(INSTALLED);
    assertThat(said).isEmpty();
  }

  @Test
  void theNamedOneGoesBeforeTheInstalledOne() {
    new CommandLine(option).parseArgs("--centrifugo=/named/centrifugo");
    assertThat(option.program(Optional.of(INSTALLED), said::add))
        .contains(Path.of("/named/centrifugo"));
  }
}
