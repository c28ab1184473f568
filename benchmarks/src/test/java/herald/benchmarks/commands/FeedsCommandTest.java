package herald.benchmarks.commands;

import static org.assertj.core.api.Assertions.assertThat;

import herald.benchmarks.feeds.FeedKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class FeedsCommandTest {
  private static final String HELP =
      new CommandLine(new FeedsCommand())
          .setUsageHelpWidth(2_000)
          .getUsageMessage()
          .replaceAll("\\s+", " ");

  @Test
  void theHelpNamesEachFeed() {
    for (FeedKind kind : FeedKind.values()) {
      assertThat(HELP).containsPattern("Which: [a-z, ]*\\b" + kind + "\\b");
    }
  }

  @Test
  void theHelpSaysWhatALightInstanceIs() {
    assertThat(HELP).contains(FeedsCommand.LIGHT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--instances=3,1 | --instances is [3, 1] (expected: numbers from 1, ascending)",
        "--instances=0,1 | --instances is [0, 1] (expected: numbers from 1, ascending)",
        "--full-instances=0 | --full-instances is 0 (expected: 1 or more)",
        "--writers=4,0 | --writers is 0 (expected: 1 or more)",
        "--feeds=carrier-pigeon | carrier-pigeon",
      })
  void whatCantBeMeasuredIsRefusedBeforeAnythingIsStarted(String option, String sentence) {
    BenchRun run = BenchRun.of("feeds", option);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.output()).contains(sentence).doesNotContain("starting");
  }
}
