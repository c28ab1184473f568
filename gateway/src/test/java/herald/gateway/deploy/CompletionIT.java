package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.commands.HeraldCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Each shell takes its script and completes with it. */
final class CompletionIT {
  /**
   * zsh completes in a terminal alone: one is opened in which the script is read, and words with a
   * tab behind them are typed.
   */
  private static final String ZSH_TERMINAL =
      """
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "autoload -U compinit; compinit -u -D; source $1; bindkey '^I' complete-word; echo it is rea''dy"
      zpty -r -m shell said '*it is ready*'
      zpty -w -n shell "herald $2"$'\\t '"; echo it is do''ne"$'\\n'
      zpty -r -m shell said '*it is done*'
      print -r -- "$said"
      """;

  @TempDir private Path folder;

  private Path script(String... arguments) throws IOException {
    Path script = folder.resolve("herald-completion");
    CommandLine herald = HeraldCommand.commandLine(Map.of());
    try (PrintWriter out = new PrintWriter(script.toFile(), StandardCharsets.UTF_8)) {
      herald.setOut(out);
      assertThat(herald.execute(arguments)).isZero();
    }
    return script;
  }

  /** Outside of a completion, bash complains of what only a completion may do. */
  private static String bash(Path script, String words, int current) {
    return "source "
        + script
        + "; COMP_WORDS=("
        + words
        + "); COMP_CWORD="
        + current
        + "; _complete_herald 2>/dev/null; printf '%s\n' \"${COMPREPLY[@]}\"";
  }

  @Test
  void bashCompletesCommandsOptionsAndValues() throws Exception {
    Tool bash = Tool.orSkip("bash", "bash");
    Path script = script("completion");
    assertThat(bash.run("-c", bash(script, "herald s", 1)).lines())
        .contains("serve", "schema", "sign")
        .doesNotContain("tail");
    assertThat(bash.run("-c", bash(script, "herald serve --max-b", 2)).lines())
        .containsExactly("--max-batch");
    assertThat(bash.run("-c", bash(script, "herald config --conf", 2)).lines())
        .containsExactly("--config");
  }

  @Test
  void zshCompletesCommandsAndOptionsWithTheSameScript() throws Exception {
    Tool zsh = Tool.orSkip("zsh", "zsh");
    Path script = script("completion", "zsh");
    Path terminal = Files.writeString(folder.resolve("terminal.zsh"), ZSH_TERMINAL);
    assertThat(zsh.run("-f", terminal, script, "comple")).contains("herald completion");
    assertThat(zsh.run("-f", terminal, script, "serve --max-b")).contains("serve --max-batch");
  }

  @Test
  void fishCompletesCommandsOptionsAndValues() throws Exception {
    Tool fish = Tool.orSkip("fish", "fish");
    Files.move(script("completion", "fish"), folder.resolve("herald.fish"));
    String source = "source " + folder.resolve("herald.fish") + "; complete -C ";
    assertThat(fish.run("-N", "-c", source + "'herald s'").lines())
        .anyMatch(line -> line.startsWith("serve\t"))
        .noneMatch(line -> line.startsWith("tail"));
    assertThat(fish.run("-N", "-c", source + "'herald serve --max-b'").lines())
        .anyMatch(line -> line.startsWith("--max-batch"));
    assertThat(fish.run("-N", "-c", source + "'herald serve --log-format '").lines())
        .extracting(line -> line.replaceFirst("\t.*", ""))
        .containsExactlyInAnyOrder("text", "json");
    assertThat(fish.run("-N", "-c", source + "'herald serve --config " + folder + "/herald.f'"))
        .as("a file")
        .startsWith(folder + "/herald.fish");
  }
}
