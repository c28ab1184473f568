package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The manifests against the shapes that Kubernetes publishes, and against each other. */
final class KubernetesManifestsTest {
  private final Map<String, Object> manifests = new HashMap<>();

  @BeforeEach
  void read() throws IOException {
    for (Path file : DeployFiles.below("kubernetes/base")) {
      if (!file.endsWith("kustomization.yaml")) {
        for (Object document : DeployFiles.yaml(file)) {
          manifests.put(
              DeployFiles.at(document, "kind") + " " + DeployFiles.at(document, "metadata", "name"),
              document);
        }
      }
    }
  }

  private Object manifest(String kindAndName, Object... path) {
    return DeployFiles.at(DeployFiles.at(manifests, kindAndName), path);
  }

  private Object container(Object... path) {
    return DeployFiles.at(
        manifest("Deployment herald", "spec", "template", "spec", "containers", 0), path);
  }

  @Test
  void eachHasTheShapeOfItsKind() throws IOException {
    assertThat(manifests).hasSize(8);
    ManifestShapes.check(List.copyOf(manifests.values()));
    int others = 0;
    for (Path file : DeployFiles.below("kubernetes")) {
      String name = String.valueOf(file.getFileName());
      if (!file.toString().contains("/base/")
          && !name.matches("kustomization.*|adapter-rule.yaml")) {
        ManifestShapes.check(DeployFiles.yaml(file));
        others++;
      }
    }
    assertThat(others).isEqualTo(6);
  }

  @Test
  void allSelectTheDeploymentsPods() {
    Object labels = manifest("Deployment herald", "spec", "template", "metadata", "labels");
    assertThat(manifest("Deployment herald", "spec", "selector", "matchLabels")).isEqualTo(labels);
    assertThat(manifest("Service herald", "spec", "selector")).isEqualTo(labels);
    assertThat(manifest("Service herald-admin", "spec", "selector")).isEqualTo(labels);
    assertThat(manifest("NetworkPolicy herald", "spec", "podSelector", "matchLabels"))
        .isEqualTo(labels);
    assertThat(manifest("PodDisruptionBudget herald", "spec", "selector", "matchLabels"))
        .isEqualTo(labels);
    assertThat(manifest("HorizontalPodAutoscaler herald", "spec", "scaleTargetRef", "name"))
        .isEqualTo("herald");
  }

  @Test
  void portsAreTheOnesThatTheGatewayListensOn() {
    assertThat(container("ports"))
        .isEqualTo(
            List.of(
                Map.of("name", "clients", "containerPort", 8080),
                Map.of("name", "admin", "containerPort", 9090)));
    assertThat(manifest("ConfigMap herald", "data", "HERALD_BIND")).isEqualTo("0.0.0.0:8080");
    assertThat(manifest("ConfigMap herald", "data", "HERALD_ADMIN")).isEqualTo("0.0.0.0:9090");
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(container(probe, "httpGet", "port")).isEqualTo("admin");
    }
  }

  @Test
  void thePasswordIsWhereTheGatewayLooksForIt() {
    assertThat(manifest("ConfigMap herald", "data", "HERALD_DATABASE_PASSWORD_FILE"))
        .isEqualTo(container("volumeMounts", 0, "mountPath") + "/password");
  }

  @Test
  void theServiceMonitorFindsTheAdminService() throws IOException {
    Object monitor =
        DeployFiles.yaml(DeployFiles.path("kubernetes/with-operator/service-monitor.yaml")).get(0);
    assertThat(manifest("Service herald-admin", "metadata", "labels"))
        .isEqualTo(DeployFiles.at(monitor, "spec", "selector", "matchLabels"));
    assertThat(manifest("Service herald-admin", "spec", "ports", 0, "name"))
        .isEqualTo(DeployFiles.at(monitor, "spec", "endpoints", 0, "port"));
  }

  private static Object annotation(String controller, String name) throws IOException {
    Object ingress =
        DeployFiles.yaml(DeployFiles.path("kubernetes/ingress-" + controller + "/ingress.yaml"))
            .get(0);
    return DeployFiles.at(ingress, "metadata", "annotations", name);
  }

  /** The page's way to wrap them, as it stands there, with {@code cat} for the cluster. */
  @Test
  void theOperatorGetsTheRulesInTheFormOfItsOwn() throws Exception {
    String block =
        PageBlocks.shell("deploy/README.md", "## On Kubernetes", "PrometheusRule")
            .replace("kubectl apply -f -", "cat");
    String made =
        Tool.orSkip("bash", "bash")
            .run("-euc", "cd " + DeployFiles.inRepository("") + "\n" + block);
    List<Object> documents = DeployFiles.yaml(made);
    assertThat(documents).hasSize(1);
    assertThat(DeployFiles.at(documents.get(0), "kind")).isEqualTo("PrometheusRule");
    assertThat(DeployFiles.at(documents.get(0), "metadata", "name")).isEqualTo("herald");
    assertThat(List.of(DeployFiles.at(documents.get(0), "spec")))
        .isEqualTo(DeployFiles.yaml(DeployFiles.path("prometheus/herald.rules.yml")));
  }

  @Test
  void theTimeoutsInFrontAreLongerThanAClientMayBeSilent() throws IOException {
    long idleSeconds = ConnectionSettings.defaults().idleTimeout().toSeconds();
    String nginx = "nginx.ingress.kubernetes.io/proxy-";
    assertThat(Integer.parseInt((String) annotation("nginx", nginx + "read-timeout")))
        .isGreaterThan((int) idleSeconds);
    assertThat(Integer.parseInt((String) annotation("nginx", nginx + "send-timeout")))
        .isGreaterThan((int) idleSeconds);
    String tunnel = (String) annotation("haproxy", "haproxy.org/timeout-tunnel");
    assertThat(Durations.parse(tunnel).toSeconds()).isGreaterThan(idleSeconds);
    Object route =
        DeployFiles.yaml(DeployFiles.path("kubernetes/gateway-api/http-route.yaml")).get(0);
    assertThat(DeployFiles.at(route, "spec", "rules", 0, "timeouts"))
        .isEqualTo(Map.of("request", "0s", "backendRequest", "0s"));
    assertThat(manifest("Service herald", "spec", "ports", 0, "appProtocol"))
        .isEqualTo("kubernetes.io/ws");
  }
}
