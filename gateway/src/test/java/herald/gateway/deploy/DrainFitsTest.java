package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.commands.HeraldCommand;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Whatever stops the gateway waits for longer than it drains, or it would be killed meanwhile. */
final class DrainFitsTest {
  private static final int SPARE_SECONDS = 5;

  @Test
  void inKubernetes() throws IOException {
    Object pod =
        DeployFiles.at(
            DeployFiles.yaml(DeployFiles.path("kubernetes/base/deployment.yaml")).get(0),
            "spec",
            "template",
            "spec");
    List<?> preStop =
        (List<?>) DeployFiles.at(pod, "containers", 0, "lifecycle", "preStop", "exec", "command");
    assertThat(preStop).hasSize(2).first().isEqualTo("sleep");
    Object options =
        DeployFiles.at(
            DeployFiles.yaml(DeployFiles.path("kubernetes/base/configuration.yaml")).get(1),
            "data");
    assertThat((Integer) DeployFiles.at(pod, "terminationGracePeriodSeconds"))
        .isGreaterThanOrEqualTo(
            Integer.parseInt((String) preStop.get(1))
                + seconds(DeployFiles.at(options, "HERALD_DRAIN_TIMEOUT"))
                + SPARE_SECONDS);
  }

  @Test
  void inCompose() throws IOException {
    Object compose = DeployFiles.yaml(DeployFiles.path("compose.yaml")).get(0);
    assertThat(seconds(DeployFiles.at(compose, "services", "gateway", "stop_grace_period")))
        .isGreaterThanOrEqualTo(defaultDrainSeconds() + SPARE_SECONDS);
  }

  @Test
  void inSystemd() throws IOException {
    Matcher timeout =
        Pattern.compile("^TimeoutStopSec=(\\d+)$", Pattern.MULTILINE)
            .matcher(DeployFiles.text("systemd/herald.service"));
    assertThat(timeout.find()).isTrue();
    assertThat(Integer.parseInt(timeout.group(1)))
        .isGreaterThanOrEqualTo(defaultDrainSeconds() + SPARE_SECONDS);
  }

  private static int defaultDrainSeconds() {
    CommandLine serve =
        Objects.requireNonNull(HeraldCommand.commandLine(Map.of()).getSubcommands().get("serve"));
    return seconds(serve.getCommandSpec().findOption("--drain-timeout").defaultValueString());
  }

  private static int seconds(Object duration) {
    String text = duration.toString();
    assertThat(text).endsWith("s");
    return Integer.parseInt(text.substring(0, text.length() - 1));
  }
}
