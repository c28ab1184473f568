package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an upgrade of manifests must leave as it is, since Kubernetes or clients depend on it. */
final class Upgrades {
  private Upgrades() {}

  /** Compares an object of the version before with the one that takes its place. */
  static void check(String name, Object before, @Nullable Object after) {
    Object next = Objects.requireNonNull(after, name);
    assertThat(ManifestShapes.kind(next)).isEqualTo(ManifestShapes.kind(before));
    same(name, before, next, "metadata", "name");
    switch (name.split(" ", -1)[0]) {
      case "Deployment" -> {
        // The API server refuses another selector, and pods without its labels are nobody's.
        same(name, before, next, "spec", "selector");
        assertThat(map(next, "spec", "template", "metadata", "labels"))
            .as(name)
            .containsAllEntriesOf(map(next, "spec", "selector", "matchLabels"));
        // Never fewer instances than before while it goes on.
        assertThat(DeployFiles.at(next, "spec", "strategy", "rollingUpdate", "maxUnavailable"))
            .as(name)
            .isEqualTo(0);
      }
      case "Service" -> {
        // During the upgrade it leads to the pods of both versions.
        same(name, before, next, "spec", "selector");
        assertThat(map(next, "spec").get("clusterIP"))
            .isEqualTo(map(before, "spec").get("clusterIP"));
        for (Object port : (List<?>) DeployFiles.at(before, "spec", "ports")) {
          assertThat((List<?>) DeployFiles.at(next, "spec", "ports"))
              .as(name)
              .anySatisfy(
                  candidate ->
                      assertThat((Map<?, ?>) candidate)
                          .extracting("name", "port", "targetPort")
                          .containsExactly(
                              DeployFiles.at(port, "name"),
                              DeployFiles.at(port, "port"),
                              DeployFiles.at(port, "targetPort")));
        }
      }
      case "ConfigMap" ->
          assertThat(map(next, "data").keySet())
              .as("an option that was set still is")
              .containsAll(map(before, "data").keySet());
      default -> {
        // Everything else can be changed at any time.
      }
    }
  }

  private static void same(String name, Object before, Object after, Object... path) {
    assertThat(DeployFiles.at(after, path))
        .as("%s %s", name, List.of(path))
        .isEqualTo(DeployFiles.at(before, path));
  }

  @SuppressWarnings("unchecked") // names in YAML are texts
  private static Map<String, Object> map(Object node, Object... path) {
    return (Map<String, Object>) DeployFiles.at(node, path);
  }
}
