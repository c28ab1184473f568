package herald.gateway.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What people see of the command line: help, errors, completion. */
class HeraldCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Map<String, String> environment, String... arguments) {
    CommandLine commandLine = HeraldCommand.commandLine(environment, arguments);
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  @Test
  void optionsAreShownInGroupsEachOnce() {
    assertThat(run(Map.of(), "serve", "--help")).isZero();
    assertThat(out.toString())
        .startsWith("Usage: herald serve [OPTIONS]")
        .containsSubsequence(
            "\nDatabase:\n", "--read-database", "\nOpen connections:\n", "--ping-interval")
        .containsSubsequence("\nLogs:\n", "--log-level", "\nGeneral:\n", "--version")
        .containsOnlyOnce("--max-connections=N")
        .containsOnlyOnce("-h, --help")
        .containsOnlyOnce("Default: 12h")
        .doesNotContain("Default: null", "Default: PT");
  }

  @ParameterizedTest
  @CsvSource({"serve, 1", "relay, 1", "check, 11", "--help, 11", "nonsense, 11"})
  void aCommandThatRunsForLongIsMadeAlone(String first, int commands) {
    assertThat(HeraldCommand.commandLine(Map.of(), first, "--help").getSubcommands())
        .hasSize(commands);
  }

  @Test
  void aVariableOfAnotherCommandIsKnownToOneThatWasMadeAlone() {
    assertThat(run(Map.of("HERALD_CREATE_STREAM", "true"), "serve")).isEqualTo(2);
    assertThat(err.toString()).contains("no database is named");
    assertThat(run(Map.of("HERALD_CREATE_STRAEM", "true"), "serve")).isEqualTo(2);
    assertThat(err.toString())
        .contains("the environment has the unknown variable HERALD_CREATE_STRAEM");
  }

  @Test
  void helpShowsWhatTheEnvironmentSays() {
    assertThat(run(Map.of("HERALD_SIGNATURE_LIFE", "7h"), "help", "serve")).isZero();
    assertThat(out.toString()).contains("Default: 7h").doesNotContain("Default: 12h");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "serve --databse=x         | Unknown option: '--databse=x' (see herald serve --help; there"
            + " is --database, --database-password-file)",
        "serve --max-hold=3        | Unknown option: '--max-hold=3' (see herald serve --help)",
        "serve --ping-interval=5x  | Invalid value for option '--ping-interval': '5x' is not a"
            + " duration like 500ms, 30s, 10m or 12h (see herald serve --help)",
        "serve --max-message=9999999999g | Invalid value for option '--max-message': '9999999999g'"
            + " is too large (expected: a size like 512, 64k, 256m or 2g) (see herald serve"
            + " --help)",
        "serve --recovery=magic    | Invalid value for option '--recovery': 'magic' (expected: one"
            + " of auto, native, java) (see herald serve --help)",
        "sing                      | Unmatched argument at index 0: 'sing' (see herald --help",
        "serve                     | no database is named (expected: --database or HERALD_DATABASE",
        "check --timeout=0s --database=postgresql://h/d | --timeout is 0s (expected: more than 0s,"
            + " at most 1h)",
      })
  void anErrorIsOneSentenceWithoutTheUsage(String arguments, String sentence) {
    assertThat(run(Map.of(), arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString().strip()).startsWith("herald: " + sentence).doesNotContain("\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void whatTheHeapCanNotHoldIsRefused() {
    long heap = Runtime.getRuntime().maxMemory();
    String[] serve = {"config", "--database=postgresql://me@h/x", "--log-size=" + (heap / 2 + 1)};
    assertThat(run(Map.of(), serve)).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo(
            "herald: log size is %d bytes, and the heap can hold %d (expected: half of the heap or"
                + " less; raise -Xmx in HERALD_JAVA_OPTS or lower --log-size)",
            heap / 2 + 1, heap);
    serve[2] = "--log-size=" + heap / 2;
    assertThat(run(Map.of(), serve)).isZero();
    err.getBuffer().setLength(0);
    serve[2] = "--max-connections=10000000";
    assertThat(run(Map.of(), serve)).isEqualTo(2);
    assertThat(err.toString().strip())
        .startsWith("herald: --max-connections 10000000 and the log of ")
        .doesNotContain("\n");
  }

  @Test
  void everyShellHasItsScript() {
    assertThat(run(Map.of(), "completion", "bash")).isZero();
    String bash = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run(Map.of(), "completion", "zsh")).isZero();
    assertThat(out.toString()).isEqualTo(bash);
    out.getBuffer().setLength(0);
    assertThat(run(Map.of(), "completion", "fish")).isZero();
    String serve = "complete -c herald -n '__fish_seen_subcommand_from serve'";
    assertThat(out.toString().lines())
        .contains("complete -c herald -f")
        .anyMatch(line -> line.startsWith("complete -c herald -n __fish_use_subcommand -a serve "))
        .anyMatch(line -> line.startsWith(serve + " -l max-batch -x -d 'Rpc logs fetched in "))
        .anyMatch(line -> line.startsWith(serve + " -l config -r -F -d "))
        .anyMatch(line -> line.startsWith(serve + " -l log-format -x -a 'text json' -d "))
        .anyMatch(line -> line.startsWith(serve + " -s h -l help -d "))
        .anyMatch(line -> line.contains("sender\\'s other connections"));
    assertThat(run(Map.of(), "completion", "csh")).isEqualTo(2);
    assertThat(err.toString()).contains("'csh' (expected: one of bash, zsh, fish)");
  }

  @Test
  void completionKnowsCommandsAndOptions() {
    assertThat(run(Map.of(), "completion")).isZero();
    assertThat(out.toString())
        .contains("complete -F _complete_herald", "--max-batch", "serve", "tail");
  }
}
