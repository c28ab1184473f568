package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import herald.benchmarks.harm.HarmKind;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HarmCommandTest {
  @Test
  void theHelpSaysOfEachHarmWhatItIs() {
    String help = new CommandLine(new HarmCommand()).getUsageMessage();
    for (HarmKind kind : HarmKind.values()) {
      assertThat(help).containsPattern("(?m)^ +" + kind + " +\\d+ ");
    }
  }
}
