package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Options in a file, what is in force, and names that are mistyped. */
class ConfigFileTest {
  private static final String DATABASE = "database = postgresql://me:s3cret@db/x\n";

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("herald.properties"), text);
  }

  /** A gateway that is started against all expectation ends too: it can't bind its address. */
  private int run(Map<String, String> environment, String... words) {
    String[] arguments = words;
    if (words[0].equals("serve")) {
      arguments = Arrays.copyOf(words, words.length + 1);
      arguments[words.length] = "--admin=192.0.2.1:9090";
    }
    CommandLine commandLine = HeraldCommand.commandLine(environment, arguments);
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  /** Source and value of an option, as the command has printed them. */
  private List<String> line(String name) {
    return out.toString()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Arrays.asList(line.split(" {2,}")))
        .map(parts -> parts.subList(1, parts.size()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theCommandLineWinsOverTheEnvironmentAndThatOverTheFile() throws IOException {
    Path file =
        file(
            DATABASE
                + "# a comment\n"
                + "max-batch = 11  \nmax-held: 12\nmax-fragments=13\nsingle-use 14\n"
                + "echo-to-sender = true\nread-database = postgresql://me@dä/x\n");
    Map<String, String> environment =
        Map.of("HERALD_MAX_HELD", "22", "HERALD_MAX_FRAGMENTS", "23", "HERALD_PING_INTERVAL", "7s");
    assertThat(
            run(
                environment,
                "config",
                "--config=" + file,
                "--max-fragments",
                "33",
                "--tls-reload=9s"))
        .as(err.toString())
        .isZero();
    assertThat(line("max-batch")).containsExactly("file", "11");
    assertThat(line("max-held")).containsExactly("environment", "22");
    assertThat(line("max-fragments")).containsExactly("option", "33");
    assertThat(line("single-use")).containsExactly("file", "14");
    assertThat(line("echo-to-sender")).containsExactly("file", "true");
    assertThat(line("read-database")).containsExactly("file", "postgresql://me@dä/x");
    assertThat(line("ping-interval")).containsExactly("environment", "7s");
    assertThat(line("tls-reload")).containsExactly("option", "9s");
    assertThat(line("idle-timeout")).containsExactly("default", "1m");
    assertThat(line("actor-events")).containsExactly("default", "false");
    assertThat(line("tls-certificate")).containsExactly("default", "no TLS");
    assertThat(line("config")).containsExactly("option", file.toString());
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://me:s3cret@db/x",
        "jdbc:postgresql://me:s3cret@db1,db2:5433/x?sslmode=require",
        "postgresql://me@db/x?password=s3cret&sslmode=require",
        "postgresql://me@db/x?sslmode=require&password=s3cret",
        "postgresql://me:s3cret%40@db/x",
        "postgresql://:s3cret@db/x",
        "postgresql://me:s3cret/1@db/x",
        "postgresql://me:a@s3cret@db/x",
        "s3cret",
      })
  void passwordsAreHidden(String url) throws IOException {
    run(
        Map.of("HERALD_READ_DATABASE", url),
        "config",
        "--config",
        file("database=" + url).toString());
    assertThat(line("database")).hasSize(2);
    assertThat(line("read-database")).hasSize(2);
    assertThat(out.toString() + err).doesNotContain("s3cret");
    if (!err.toString().contains("herald:")) {
      assertThat(line("database").get(1)).contains("***", "db");
    }
  }

  @Test
  void whatServeWouldRefuseIsShownAndRefused() throws IOException {
    assertThat(run(Map.of(), "config", "--config=" + file(DATABASE + "idle-timeout=30s")))
        .isEqualTo(2);
    assertThat(line("idle-timeout")).containsExactly("file", "30s");
    assertThat(err.toString().strip())
        .isEqualTo(
            "herald: idle timeout is 30000 ms (expected: more than the ping interval of 30000 ms)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "max-bacth=5     | FILE has the unknown name max-bacth (expected: the name of an option;"
            + " the nearest is max-batch)",
        "--max-batch=5   | FILE has the unknown name --max-batch (expected: the name of an option;"
            + " the nearest is max-batch)",
        "config=x        | FILE has the unknown name config (",
        "timeout=5s      | FILE has the unknown name timeout (",
        "key=s3cret      | FILE has the unknown name key (",
        "max-batch=5\\nmax-batch=6 | FILE sets max-batch twice",
        "max-batch=\\\\u12 | FILE has a \\u without four hexadecimal digits (expected: a"
            + " backslash itself written as \\\\)",
      })
  void aFileWithWhatItShouldNotHaveIsRefusedInOneSentence(String text, String sentence)
      throws IOException {
    Path file = file(DATABASE + text.replace("\\n", "\n").replace("\\\\", "\\"));
    for (String command : List.of("serve", "check", "config", "explain")) {
      err.getBuffer().setLength(0);
      List<String> words = new ArrayList<>(List.of(command, "--config=" + file));
      if (command.equals("explain")) {
        words.add("--sig=x");
      }
      assertThat(run(Map.of(), words.toArray(String[]::new))).as(command).isEqualTo(2);
      assertThat(err.toString().strip())
          .startsWith("herald: the configuration file " + sentence.replace("FILE", file.toString()))
          .endsWith(" (see herald " + command + " --help)")
          .doesNotContain("\n", "s3cret");
    }
  }

  @Test
  void aFileThatCanNotBeReadIsRefusedInOneSentence() throws IOException {
    Path none = folder.resolve("none");
    assertThat(run(Map.of("HERALD_CONFIG", none.toString()), "serve")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("herald: there is no configuration file " + none + " (expected: ");
    err.getBuffer().setLength(0);
    assertThat(run(Map.of(), "serve", "--config", folder.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(folder + " can't be read (expected: ");
    err.getBuffer().setLength(0);
    Path latin = folder.resolve("latin");
    Files.write(latin, "database=ä".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(run(Map.of(), "serve", "--config", latin.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(latin + " is no text in UTF-8");
  }

  @Test
  void aWrongValueIsFoundWhereItStands() throws IOException {
    Path file = file(DATABASE + "ping-interval=5x");
    assertThat(run(Map.of(), "serve", "--config=" + file)).isEqualTo(2);
    assertThat(err.toString())
        .contains("'--ping-interval': '5x' is not a duration")
        .contains("(in " + file + "; see herald serve --help)");
    err.getBuffer().setLength(0);
    assertThat(run(Map.of("HERALD_PING_INTERVAL", "6x"), "serve", "--config=" + file)).isEqualTo(2);
    assertThat(err.toString()).contains("'6x'", "(in HERALD_PING_INTERVAL; see herald serve");
    err.getBuffer().setLength(0);
    assertThat(run(Map.of("HERALD_PING_INTERVAL", "6x"), "serve", "--ping-interval=7x"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("'7x'").doesNotContain("(in ");
  }

  @Test
  void checkReadsTheFileOfServe() throws IOException {
    Path file = file("database = postgresql://me@127.0.0.1:1/x\nmax-batch = 5\n");
    assertThat(run(Map.of(), "check", "--config=" + file, "--timeout=5s")).isEqualTo(1);
    assertThat(out.toString()).contains("127.0.0.1:1").contains("Not ready for herald serve");
  }

  @ParameterizedTest
  @CsvSource({
    "HERALD_MAX_BACTH, HERALD_MAX_BATCH",
    "HERALD_DATABSE, HERALD_DATABASE",
    "HERALD_DATABASE_URL, HERALD_DATABASE",
    "HERALD_JAVAOPTS, HERALD_JAVA_OPTS",
    "HERALD_, HERALD_KEY",
  })
  void anUnknownVariableIsRefusedWithTheNearestName(String variable, String nearest) {
    Map<String, String> environment =
        Map.of(variable, "s3cret", "HERALD_DATABASE", "postgresql://me@127.0.0.1:1/x");
    for (String command : List.of("serve", "check", "config", "schema")) {
      err.getBuffer().setLength(0);
      assertThat(run(environment, command)).isEqualTo(2);
      assertThat(err.toString().strip())
          .startsWith(
              "herald: the environment has the unknown variable "
                  + variable
                  + " (expected: the name of an option; the nearest is "
                  + nearest
                  + ")")
          .endsWith(" (see herald " + command + " --help)");
    }
    err.getBuffer().setLength(0);
    assertThat(run(environment, "serve", "--help")).isZero();
    assertThat(run(environment, "help")).isZero();
    assertThat(run(environment, "--version")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HERALD_JAVA_OPTS",
        "HERALD_LIBRARY_LOG_LEVEL",
        "HERALD_VERSION",
        "HERALD_HELP",
        "HERALD_KEY",
        "HERALD_BENCH_JAVA_OPTS",
        "HERALD_SERVICE_HOST",
        "HERALD_SERVICE_PORT",
        "HERALD_SERVICE_PORT_HTTP",
        "HERALD_PORT",
        "HERALD_PORT_80_TCP",
        "HERALD_PORT_80_TCP_ADDR",
        "HERALD_PORT_80_TCP_PORT",
        "HERALD_PORT_80_TCP_PROTO",
        "HERALD_ADMIN_SERVICE_HOST",
        "HERALD_ADMIN_PORT_9090_TCP_ADDR",
        "HERALDRY",
        "MAX_BATCH",
      })
  void whatOthersSetIsNoOption(String variable) {
    assertThat(
            run(
                Map.of(variable, "tcp://10.0.0.1:80", "HERALD_DATABASE", "postgresql://me@h/x"),
                "config"))
        .as(err.toString())
        .isZero();
  }

  @Test
  void aFileWithAPasswordThatEveryUserCanReadIsWarnedOf() throws IOException {
    Path file = file("max-batch=5\nread-database=postgresql://me@db/x?password=s3cret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(ConfigFile.read(file).exposure())
        .isEqualTo(
            "the configuration file "
                + file
                + " holds a password and can be read by every user (expected: chmod o-r, or"
                + " database-password-file)");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(ConfigFile.read(file).exposure()).as("others can't read it").isNull();
    file("database=postgresql://me@db/x\ndatabase-password-file=/x");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(ConfigFile.read(file).exposure()).as("it holds none").isNull();
  }
}
