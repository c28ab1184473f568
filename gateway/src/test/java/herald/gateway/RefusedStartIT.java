package herald.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What an operator has written wrong ends the process with one sentence, which names the option or
 * the variable, the value and what is expected.
 */
final class RefusedStartIT {
  private static final long DEADLINE_SECONDS = 60;

  @TempDir private Path folder;

  private record Ended(int exitCode, String out, String err) {}

  private Process start(Map<String, String> environment, String jvmOption, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            jvmOption, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    // Names are looked up in this file alone.
    Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
    command.addAll(List.of("-Djdk.net.hosts.file=" + hosts, "herald.gateway.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  private Ended run(Map<String, String> environment, String jvmOption, String... arguments)
      throws Exception {
    Process process = start(environment, jvmOption, arguments);
    try {
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")));
  }

  /** The sentence of a process that ends with 2 and says nothing else. */
  private String refusal(Map<String, String> environment, String jvmOption, String... arguments)
      throws Exception {
    Ended ended = run(environment, jvmOption, arguments);
    assertThat(ended.err().lines()).as(ended.err()).hasSize(1);
    assertThat(ended.err()).startsWith("herald: ");
    assertThat(ended.out()).as("neither usage nor log").isEmpty();
    assertThat(ended.exitCode()).isEqualTo(2);
    return ended.err();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "serve | no database is named (expected: --database or HERALD_DATABASE",
        "serve --database=mysql://x/y | --database: the database URL begins with 'mysql://'"
            + " (expected: postgresql://",
        "serve --database=postgresql://u:secret@h/d?sslmod=require | --database: the database URL"
            + " has the unknown parameter 'sslmod' (expected: one of sslmode,",
        "serve --database=postgresql://me:p@ss/w#rd@db:5432/x | (expected: ",
        "serve --database=postgresql://h:99999/d | --database: the database URL has the port 99999"
            + " (expected: 1 to 65535)",
        "serve --database=postgresql://h/d --read-database=postgresql://h:0/d | --read-database:"
            + " the database URL has the port 0 (expected: 1 to 65535)",
        "serve --database=postgresql://h/d --idle-timeout=5s | idle timeout is 5000 ms (expected:"
            + " more than the ping interval of 30000 ms)",
        "serve --replay=1parsec | Invalid value for option '--replay': '1parsec' is not a duration",
        "serve --databse=x | Unknown option: '--databse=x' (see herald serve --help; there is"
            + " --database,",
        "sign | no key is given",
      })
  void aWrongOptionIsNamed(String arguments, String sentence) throws Exception {
    assertThat(refusal(Map.of(), "-Xshare:auto", arguments.split(" ")))
        .contains(sentence)
        .doesNotContain("secret", "p@ss", "ss/w", "w#rd");
  }

  @Test
  void aVariableThatIsNoOptionsIsNamedWithTheNearest() throws Exception {
    assertThat(
            refusal(
                Map.of("HERALD_DATABSE", "postgresql://me:secret@h/d"), "-Xshare:auto", "serve"))
        .contains("HERALD_DATABSE", "HERALD_DATABASE")
        .doesNotContain("secret");
  }

  @Test
  void aPasswordFileThatIsEmptyOrMissingIsNamed() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    Path none = folder.resolve("none");
    String[] serve = {"serve", "--database=postgresql://me@h/d", ""};
    serve[2] = "--database-password-file=" + empty;
    assertThat(refusal(Map.of(), "-Xshare:auto", serve))
        .isEqualTo(
            "herald: --database-password-file: the password file %s is empty (expected: a file"
                + " that holds the password)%n",
            empty);
    serve[2] = "--database-password-file=" + none;
    assertThat(refusal(Map.of(), "-Xshare:auto", serve))
        .isEqualTo(
            "herald: --database-password-file: the password file %s can't be read (expected: a"
                + " readable file)%n",
            none);
  }

  @Test
  void aHeapThatCanNotHoldTheLogIsRefused() throws Exception {
    assertThat(
            refusal(Map.of(), "-Xmx64m", "serve", "--database=postgresql://h/d", "--log-size=256m"))
        .contains(
            "log size is 268435456 bytes, and the heap can hold ",
            "(expected: half of the heap or less; raise -Xmx in HERALD_JAVA_OPTS or lower"
                + " --log-size)");
  }

  @Test
  void anAddressThatIsTakenOrUnknownIsNamed() throws Exception {
    String url = SharedDatabase.fresh().url();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      for (String address :
          new String[] {"127.0.0.1:" + taken.getLocalPort(), "nowhere.invalid:8080"}) {
        for (String option : new String[] {"--bind", "--admin"}) {
          String free = option.equals("--bind") ? "--admin" : "--bind";
          Ended ended =
              run(
                  Map.of(),
                  "-Xshare:auto",
                  "serve",
                  "--database=" + url,
                  option + "=" + address,
                  free + "=127.0.0.1:0");
          assertThat(ended.err().lines()).as(ended.err()).hasSize(1);
          assertThat(ended.err())
              .startsWith("herald: can't listen on " + address + ": ")
              .contains(
                  "(expected: " + option + " with a free port on an address of this machine)");
          assertThat(ended.out()).doesNotContain("\tat ");
          assertThat(ended.exitCode()).isEqualTo(1);
        }
      }
    }
  }

  /** It may be known later: the gateway waits for it, and the check does not. */
  @Test
  void aHostOfTheDatabaseThatIsUnknownIsNamed() throws Exception {
    String option = "--database=postgresql://me@nowhere.invalid:5432/x";
    Ended ended = run(Map.of(), "-Xshare:auto", "check", option);
    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out())
        .containsPattern("(?m)^FAIL .*nowhere\\.invalid")
        .contains("Not ready for herald serve: 1 failed")
        .doesNotContain("\tat ");
  }

  @Test
  void severalHostsAreTriedInTheirOrder() throws Exception {
    String url = SharedDatabase.fresh().url().replace("127.0.0.1:", "127.0.0.1:1,127.0.0.1:");
    Ended ended = run(Map.of(), "-Xshare:auto", "check", "--database=" + url);
    assertThat(ended.exitCode()).as(ended.out()).isZero();
    assertThat(ended.out()).contains("Ready for herald serve: 0 failed");
  }
}
