package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each alert is told of in the runbook, links to it, and is tested in both directions. */
final class RunbookTest {
  private final List<Map<?, ?>> alerts = new ArrayList<>();
  private String runbook;

  @BeforeEach
  void read() throws IOException {
    runbook = Files.readString(DeployFiles.inRepository("docs/operations.md"));
    for (Object document : DeployFiles.yaml(DeployFiles.path("prometheus/herald.rules.yml"))) {
      for (Object group : (List<?>) DeployFiles.at(document, "groups")) {
        for (Object rule : (List<?>) DeployFiles.at(group, "rules")) {
          if (rule instanceof Map<?, ?> map && map.containsKey("alert")) {
            alerts.add(map);
          }
        }
      }
    }
  }

  @Test
  void eachAlertHasItsSectionAndItsLink() {
    assertThat(alerts).hasSizeGreaterThan(15);
    for (Map<?, ?> alert : alerts) {
      String name = String.valueOf(alert.get("alert"));
      assertThat(runbook).containsOnlyOnce("\n### " + name + "\n");
      String section = runbook.substring(runbook.indexOf("\n### " + name + "\n"));
      int end = section.indexOf("\n##", 1);
      assertThat(end < 0 ? section : section.substring(0, end))
          .as(name)
          .contains("**Means**", "**Look at**", "**Do**");
      assertThat(DeployFiles.at(alert, "annotations", "runbook_url"))
          .isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(DeployFiles.at(alert, "labels", "severity")).isIn("critical", "warning");
    }
  }

  @Test
  void noSectionIsLeftOfAnAlertThatIsGone() {
    List<String> names = alerts.stream().map(alert -> String.valueOf(alert.get("alert"))).toList();
    assertThat(runbook.lines().filter(line -> line.startsWith("### Herald")))
        .allSatisfy(line -> assertThat(names).contains(line.substring("### ".length())));
  }

  @Test
  void eachAlertIsTestedToRaiseAndNotToRaise() throws IOException {
    String tests =
        DeployFiles.text("prometheus/herald.rules.test.yml")
            + DeployFiles.text("prometheus/herald.rules.days.test.yml");
    for (Map<?, ?> alert : alerts) {
      String name = "alertname: " + alert.get("alert") + "\n";
      assertThat(tests).contains(name + "        exp_alerts: []");
      assertThat(tests).contains(name + "        exp_alerts:\n          - exp_labels");
    }
  }
}
