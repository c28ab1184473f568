package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Ingress;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.Yaml;

/**
 * The shapes that Kubernetes, the Gateway API and the Prometheus Operator give their objects, by
 * the classes of two clients for Java; and Kubernetes' own JSON schemas, where the tool is
 * installed that has them.
 */
final class ManifestShapes {
  /** Fails for a member that is unknown, missing or of a wrong type. */
  private interface Shape {
    void check(JsonElement element) throws IOException;
  }

  private static final Map<String, Shape> KUBERNETES =
      Map.of(
          "v1/ConfigMap", V1ConfigMap::validateJsonElement,
          "v1/ServiceAccount", V1ServiceAccount::validateJsonElement,
          "v1/Service", V1Service::validateJsonElement,
          "apps/v1/Deployment", V1Deployment::validateJsonElement,
          "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
          "autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler::validateJsonElement,
          "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::validateJsonElement,
          "networking.k8s.io/v1/Ingress", V1Ingress::validateJsonElement);

  private static final Map<String, Class<?>> OTHERS =
      Map.of(
          "gateway.networking.k8s.io/v1/HTTPRoute", HTTPRoute.class,
          "gateway.networking.k8s.io/v1/Gateway", Gateway.class,
          "monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class,
          "monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class);

  private ManifestShapes() {}

  /** API version and kind. */
  static String kind(Object manifest) {
    return DeployFiles.at(manifest, "apiVersion") + "/" + DeployFiles.at(manifest, "kind");
  }

  /** Each has the shape of its kind, by the classes. */
  static void check(List<?> manifests) throws IOException {
    for (Object manifest : manifests) {
      String kind = kind(manifest);
      Shape shape = KUBERNETES.get(kind);
      Class<?> model = OTHERS.get(kind);
      if (shape != null) {
        shape.check(new Gson().toJsonTree(manifest));
      } else if (model != null) {
        ModelShape.check(kind, manifest, model);
      } else {
        throw new AssertionError("nothing is known of the kind " + kind);
      }
    }
  }

  /** Those of Kubernetes itself, strictly by its JSON schemas; false if the tool is missing. */
  static boolean checkBySchemas(List<?> manifests, Path folder)
      throws IOException, InterruptedException {
    Tool validator = Tool.find("kubernetes-validate");
    if (validator == null) {
      return false;
    }
    Set<String> known = KUBERNETES.keySet();
    List<Object> documents = new ArrayList<>();
    for (Object manifest : manifests) {
      if (known.contains(kind(manifest))) {
        documents.add(manifest);
      }
    }
    Path file = Files.createTempFile(folder, "manifests", ".yaml");
    Files.writeString(file, new Yaml().dumpAll(documents.iterator()));
    String said = validator.run("--strict", file);
    assertThat(said.split(" passed for resource ", -1)).as(said).hasSize(documents.size() + 1);
    return true;
  }
}
