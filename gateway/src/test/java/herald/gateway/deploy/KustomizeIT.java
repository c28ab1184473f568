package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The base of kustomize, its components and the example that uses them. */
@SuppressWarnings("NullAway.Init") // set by find
final class KustomizeIT {
  @TempDir private Path folder;
  private Tool kustomize;

  @BeforeEach
  void find() {
    kustomize = Tool.ofGoOrSkip("kustomize", "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1");
  }

  private List<Object> built(Path directory) throws Exception {
    return DeployFiles.yaml(kustomize.run("build", directory));
  }

  private static Map<String, Object> byName(List<Object> manifests) {
    Map<String, Object> named = new HashMap<>();
    for (Object manifest : manifests) {
      named.put(
          DeployFiles.at(manifest, "kind") + " " + DeployFiles.at(manifest, "metadata", "name"),
          manifest);
    }
    return named;
  }

  @Test
  void theBaseIsAllThatIsInItsFolder() throws Exception {
    List<Object> files = new ArrayList<>();
    for (Path file : DeployFiles.below("kubernetes/base")) {
      if (!file.endsWith("kustomization.yaml")) {
        files.addAll(DeployFiles.yaml(file));
      }
    }
    assertThat(byName(built(DeployFiles.path("kubernetes/base")))).isEqualTo(byName(files));
  }

  @Test
  void theExampleSaysWhatIsItsOwn() throws Exception {
    List<Object> manifests = built(DeployFiles.path("kubernetes/example"));
    ManifestShapes.check(manifests);
    Map<String, Object> named = byName(manifests);
    assertThat(manifests)
        .hasSize(9)
        .allSatisfy(
            manifest ->
                assertThat(DeployFiles.at(manifest, "metadata", "namespace")).isEqualTo("chat"));
    Object deployment = Objects.requireNonNull(named.get("Deployment herald"));
    assertThat(DeployFiles.at(deployment, "spec", "template", "spec", "containers", 0, "image"))
        .isEqualTo("registry.example.com/herald:0.1.0");
    Object configuration = Objects.requireNonNull(named.get("ConfigMap herald"));
    assertThat(DeployFiles.at(configuration, "data", "HERALD_TRUSTED_PROXIES"))
        .isEqualTo("10.0.0.0/8");
    assertThat(DeployFiles.at(configuration, "data", "HERALD_MAX_CONNECTIONS"))
        .as("the rest is the base's")
        .isEqualTo("40000");
    Object ingress = Objects.requireNonNull(named.get("Ingress herald"));
    assertThat(DeployFiles.at(ingress, "spec", "rules", 0, "host")).isEqualTo("chat.music.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingress-nginx", "ingress-haproxy", "gateway-api"})
  void eachComponentLeadsToTheServiceOfTheBase(String component) throws Exception {
    Path root = DeployFiles.inRepository("deploy/kubernetes");
    Path own = folder.resolve("own");
    copy(root.resolve("base"), folder.resolve("base"));
    copy(root.resolve(component), folder.resolve(component));
    Files.createDirectories(own);
    Files.writeString(
        own.resolve("kustomization.yaml"),
        "resources: [../base]\ncomponents: [../" + component + "]\nnamePrefix: my-\n");
    List<Object> manifests = built(own);
    ManifestShapes.check(manifests);
    assertThat(manifests).hasSize(9);
    // Kustomize renames what a reference leads to.
    Object route =
        manifests.stream()
            .filter(
                manifest ->
                    DeployFiles.at(manifest, "kind").toString().matches("Ingress|HTTPRoute"))
            .findFirst()
            .orElseThrow();
    Object backend =
        component.equals("gateway-api")
            ? DeployFiles.at(route, "spec", "rules", 0, "backendRefs", 0, "name")
            : DeployFiles.at(
                route, "spec", "rules", 0, "http", "paths", 0, "backend", "service", "name");
    assertThat(backend).isIn("my-herald", "herald");
  }

  @Test
  void theComponentOfRelaysHasTheInstancesReadTheStream() throws Exception {
    Path root = DeployFiles.inRepository("deploy/kubernetes");
    Path own = folder.resolve("own");
    copy(root.resolve("base"), folder.resolve("base"));
    copy(root.resolve("relay"), folder.resolve("relay"));
    Files.createDirectories(own);
    Files.writeString(
        own.resolve("kustomization.yaml"), "resources: [../base]\ncomponents: [../relay]\n");
    List<Object> manifests = built(own);
    ManifestShapes.check(manifests);
    Map<String, Object> named = byName(manifests);
    assertThat(
            DeployFiles.at(
                Objects.requireNonNull(named.get("ConfigMap herald")), "data", "HERALD_FEED"))
        .isEqualTo(
            DeployFiles.at(
                Objects.requireNonNull(named.get("ConfigMap herald-relay")),
                "data",
                "HERALD_FEED"));
    List<?> ofRelays =
        (List<?>)
            DeployFiles.at(
                Objects.requireNonNull(named.get("NetworkPolicy herald-relay")), "spec", "egress");
    assertThat(
            DeployFiles.at(
                Objects.requireNonNull(named.get("NetworkPolicy herald")), "spec", "egress"))
        .isEqualTo(ofRelays);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
