package herald.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CentrifugoTest {
  @TempDir private Path first;
  @TempDir private Path second;

  private String searchPath() {
    return String.join(File.pathSeparator, "", first.toString(), second.toString());
  }

  private static Path program(Path directory, boolean executable) throws IOException {
    Path program = Files.createFile(directory.resolve("centrifugo"));
    assertThat(program.toFile().setExecutable(executable)).isTrue();
    return program;
  }

  @Test
  void theFirstProgramOnThePathIsFound() throws IOException {
    Path program = program(first, true);
    program(second, true);
    assertThat(Centrifugo.find(searchPath())).contains(program);
  }

  @Test
  void whatCantBeRunIsNoProgram() throws IOException {
    assertThat(Centrifugo.find(searchPath())).isEmpty();
    Files.createDirectory(first.resolve("centrifugo"));
    program(second, false);
    assertThat(Centrifugo.find(searchPath())).isEmpty();
  }

  @Test
  void aProgramThatIsNotThereIsNamedWithWhatIsExpected() {
    Path missing = first.resolve("missing");
    assertThatThrownBy(() -> Centrifugo.start(missing, "postgresql://127.0.0.1/none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(missing.toString(), Centrifugo.HOW_TO_INSTALL);
  }

  @Test
  void thePathSubscribesToTheChannel() {
    assertThat(URI.create(Centrifugo.path("all")).getQuery())
        .isEqualTo("cf_connect={\"subs\":{\"all\":{}}}");
  }

  @Test
  void thePlaceOfAUserStaysInThePath() {
    assertThat(Centrifugo.path(CentrifugoOutbox.CHANNEL_OF_EACH_USER)).contains("%22u{user}%22");
    assertThat(CentrifugoOutbox.channelOf(17)).isEqualTo("u17");
  }
}
