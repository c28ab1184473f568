package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The manifests against the shapes that Kubernetes publishes, and against each other. */
final class KubernetesManifestsTest {
  /** Fails for a member that is unknown, missing or of a wrong type. */
  private interface Shape {
    void check(JsonElement element) throws IOException;
  }

  private static final Map<String, Shape> SHAPES =
      Map.of(
          "v1/ConfigMap", V1ConfigMap::validateJsonElement,
          "v1/ServiceAccount", V1ServiceAccount::validateJsonElement,
          "v1/Service", V1Service::validateJsonElement,
          "apps/v1/Deployment", V1Deployment::validateJsonElement,
          "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
          "autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::validateJsonElement,
          "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::validateJsonElement);

  private final Map<String, Object> manifests = new HashMap<>();

  @BeforeEach
  void read() throws IOException {
    for (Path file : DeployFiles.below("kubernetes")) {
      if (!file.toString().contains("with-operator")) {
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
    for (Map.Entry<String, Object> manifest : manifests.entrySet()) {
      String kind =
          DeployFiles.at(manifest.getValue(), "apiVersion")
              + "/"
              + DeployFiles.at(manifest.getValue(), "kind");
      Shape shape = Objects.requireNonNull(SHAPES.get(kind), kind);
      shape.check(new Gson().toJsonTree(manifest.getValue()));
    }
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
}
