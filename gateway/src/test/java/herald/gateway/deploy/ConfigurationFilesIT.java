package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of deploy/ that a tool checks without starting anything. */
final class ConfigurationFilesIT {
  /** systemd's measure goes from 0 (closed) to 10 (open); under 2 it says OK. */
  private static final double MOST_EXPOSURE = 2.0;

  @TempDir private Path folder;

  @Test
  void composeFile() throws Exception {
    Tool compose = Tool.orSkip("docker-compose", "docker-compose");
    compose.run("-f", DeployFiles.path("compose.yaml"), "config", "-q");
  }

  @Test
  void composeFileOfTheStream() throws Exception {
    Tool compose = Tool.orSkip("docker-compose", "docker-compose");
    Object merged =
        DeployFiles.yaml(
                compose.run(
                    "-f",
                    DeployFiles.path("compose.yaml"),
                    "-f",
                    DeployFiles.path("compose.stream.yaml"),
                    "config"))
            .get(0);
    assertThat(((Map<?, ?>) DeployFiles.at(merged, "services")).keySet())
        .map(Object::toString)
        .containsExactlyInAnyOrder(
            "postgres",
            "gateway",
            "prometheus",
            "grafana",
            "nats-1",
            "nats-2",
            "nats-3",
            "relay-1",
            "relay-2");
    // The gateway is still that of compose.yaml, and reads the stream.
    assertThat((Map<?, ?>) DeployFiles.at(merged, "services", "gateway", "environment")).hasSize(3);
    assertThat(DeployFiles.at(merged, "services", "prometheus", "volumes").toString())
        .contains("prometheus.stream.yml:/etc/prometheus/prometheus.yml")
        .doesNotContain("deploy/prometheus/prometheus.yml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"herald", "herald-relay"})
  void systemdUnit(String name) throws Exception {
    Tool systemd = Tool.orSkip("systemd-analyze", "systemd");
    // The program has to be there, so one that is takes its place.
    Path unit = folder.resolve(name + ".service");
    String text = DeployFiles.text("systemd/" + name + ".service");
    Files.writeString(unit, text.replace("/opt/herald/bin/herald", "/bin/true"));
    assertThat(systemd.run("verify", "--man=no", unit)).isEmpty();
    String report = systemd.run("security", "--offline=true", unit);
    Matcher level = Pattern.compile("Overall exposure level .*: ([0-9.]+)").matcher(report);
    assertThat(level.find()).as(report).isTrue();
    assertThat(Double.parseDouble(level.group(1))).isLessThan(MOST_EXPOSURE);
  }
}
