package herald.benchmarks.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NatsServerTest {
  @TempDir private Path directory;

  @Test
  void theProgramOnThePathIsFound() throws IOException {
    assertThat(NatsServer.find(directory.toString())).isEmpty();
    Path program = Files.createFile(directory.resolve("nats-server"));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(NatsServer.find(directory.toString())).contains(program);
  }

  @Test
  void aProgramThatIsNotThereIsNamedWithHowToGetOne() {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> NatsServer.start(missing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(missing.toString(), NatsServer.HOW_TO_INSTALL);
  }

  @Test
  void aProgramThatEndsAtOnceIsQuoted() throws IOException {
    Path program = directory.resolve("nats-server");
    Files.writeString(program, "#!/bin/sh\necho no room\nexit 1\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThatThrownBy(() -> NatsServer.start(program))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no room");
  }
}
