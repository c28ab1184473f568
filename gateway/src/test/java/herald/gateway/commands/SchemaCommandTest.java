package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class SchemaCommandTest {
  private static final Path FILES = Path.of("../deploy/sql");

  private final StringWriter out = new StringWriter();

  @Test
  void printsAllThatAFreshDatabaseNeeds() throws IOException {
    assertThat(run("schema")).isZero();
    assertThat(out.toString()).isEqualTo(file("schema.sql") + "\n" + file("trigger.sql"));
  }

  @Test
  void printsTheTriggerAlone() throws IOException {
    assertThat(run("schema", "--trigger-only")).isZero();
    assertThat(out.toString()).isEqualTo(file("trigger.sql"));
  }

  @Test
  void printsTheGrantsAlone() throws IOException {
    assertThat(run("schema", "--grants")).isZero();
    assertThat(out.toString()).isEqualTo(file("grants.sql"));
  }

  @Test
  void refusesBothAtOnce() {
    assertThat(run("schema", "--grants", "--trigger-only")).isEqualTo(2);
  }

  private int run(String... arguments) {
    CommandLine commandLine = HeraldCommand.commandLine(Map.of());
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(new StringWriter()));
    return commandLine.execute(arguments);
  }

  private static String file(String name) throws IOException {
    return Files.readString(FILES.resolve(name));
  }
}
