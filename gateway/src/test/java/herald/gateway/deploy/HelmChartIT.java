package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.commands.HeraldCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The Helm chart: linted, rendered, compared with the schemas, and upgraded on paper. */
@SuppressWarnings("NullAway.Init") // set by find
final class HelmChartIT {
  private static final Path CHART = DeployFiles.path("helm/herald");

  /** Everything that can be switched on. */
  private static final String[] ALL = {
    "--set=serviceMonitor.enabled=true,serviceMonitor.labels.release=kube-prometheus",
    "--set=prometheusRule.enabled=true,ingress.enabled=true,ingress.className=nginx",
    "--set=ingress.annotations.a=b,ingress.tlsSecret=chat-tls,httpRoute.enabled=true",
    "--set=httpRoute.parentRefs[0].name=chat,tls.secret=herald-tls,admin.tokenSecret=herald-admin",
    "--set=image.digest=sha256:" + "0123456789abcdef".repeat(4),
    "--set=imagePullSecrets[0]=registry,fullnameOverride=push,javaOptions=-XX:MaxRAMPercentage=60",
    "--set=networkPolicy.databaseCidr=10.1.2.0/24,service.type=LoadBalancer",
    "--set=service.annotations.a=b,serviceAccount.annotations.a=b,podLabels.team=chat",
    "--set=podAnnotations.a=b,nodeSelector.disk=ssd,priorityClassName=high",
    "--set=tolerations[0].operator=Exists,extraEnv[0].name=TZ,extraEnv[0].value=UTC",
    "--set=extraVolumes[0].name=ca,extraVolumes[0].configMap.name=ca",
    "--set=extraVolumeMounts[0].name=ca,extraVolumeMounts[0].mountPath=/etc/herald/ca",
    "--set-string=options.max-batch=500",
    "--set-json=affinity={\"nodeAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":"
        + "{\"nodeSelectorTerms\":[{\"matchExpressions\":[{\"key\":\"a\",\"operator\":"
        + "\"Exists\"}]}]}}}"
  };

  /** Relays and the stream. */
  private static final String[] STREAM = {
    "--set=relay.enabled=true,relay.replicas=3,relay.javaOptions=-Xmx512m",
    "--set=stream.url=tls://a.example:4222\\,b.example,stream.name=chat,stream.user=herald",
    "--set=stream.secret=herald-nats,stream.caSecret=nats-ca,admin.tokenSecret=herald-admin",
    "--set=networkPolicy.streamCidr=10.1.3.0/24,serviceMonitor.enabled=true",
    "--set=tolerations[0].operator=Exists,priorityClassName=high,nodeSelector.disk=ssd",
    "--set-string=relay.options.patience=2s,options.echo-to-sender=false",
    "--set-string=options.max-event-bytes=2000000,relay.options.max-event-bytes=1000000"
  };

  /** Everything that can be switched off. */
  private static final String[] NONE = {
    "--set=autoscaling.enabled=false,podDisruptionBudget.enabled=false,replicas=3",
    "--set=networkPolicy.enabled=false,serviceAccount.create=false,service.appProtocol="
  };

  @TempDir private Path folder;
  private Tool helm;

  /** The chart as it was published last: docs/releasing.md. */
  private static Path before() throws IOException {
    try (var files = Files.list(Path.of("src/test/resources/herald/gateway/deploy"))) {
      return files.filter(file -> file.toString().endsWith(".tgz")).findFirst().orElseThrow();
    }
  }

  @BeforeEach
  void find() {
    helm = Tool.ofGoOrSkip("helm", "helm.sh/helm/v3/cmd/helm@v3.16.4");
  }

  private String text(Path chart, String release, String... more) throws Exception {
    List<Object> arguments =
        new ArrayList<>(List.of("template", release, chart, "--kube-version", "1.31.0"));
    arguments.addAll(List.of(more));
    return helm.run(arguments.toArray());
  }

  /** What the chart renders to. Helm's remarks are no part of it. */
  private List<Object> rendered(Path chart, String release, String... more) throws Exception {
    String said = text(chart, release, more);
    return DeployFiles.yaml(said.substring(said.indexOf("---\n"))).stream()
        .filter(Map.class::isInstance)
        .toList();
  }

  private static Map<String, Object> byName(List<Object> manifests) {
    Map<String, Object> named = new TreeMap<>();
    for (Object manifest : manifests) {
      named.put(
          DeployFiles.at(manifest, "kind") + " " + DeployFiles.at(manifest, "metadata", "name"),
          manifest);
    }
    return named;
  }

  private static Object named(Map<String, Object> manifests, String name) {
    return Objects.requireNonNull(manifests.get(name), name);
  }

  private void check(List<Object> manifests) throws Exception {
    ManifestShapes.check(manifests);
    if (!ManifestShapes.checkBySchemas(manifests, folder)) {
      Assumptions.abort(
          "kubernetes-validate is not installed, so the JSON schemas are not asked (pip install"
              + " kubernetes-validate)");
    }
  }

  @Test
  void itIsLinted() throws Exception {
    for (String[] values : List.of(new String[0], ALL, NONE, STREAM)) {
      List<Object> arguments = new ArrayList<>(List.of("lint", "--strict", CHART));
      arguments.addAll(List.of(values));
      assertThat(helm.run(arguments.toArray())).contains("1 chart(s) linted, 0 chart(s) failed");
    }
  }

  @Test
  void withItsDefaultsItFitsTheSchemas() throws Exception {
    List<Object> manifests = rendered(CHART, "herald");
    assertThat(manifests).hasSize(8);
    check(manifests);
  }

  @Test
  void withAllThatCanBeSwitchedOnItFitsTheSchemas() throws Exception {
    List<Object> manifests = rendered(CHART, "other", ALL);
    assertThat(manifests).hasSize(12);
    check(manifests);
    Map<String, Object> named = byName(manifests);
    Object pod = DeployFiles.at(named(named, "Deployment push"), "spec", "template", "spec");
    assertThat((List<?>) DeployFiles.at(pod, "volumes")).hasSize(5);
    assertThat((List<?>) DeployFiles.at(pod, "containers", 0, "volumeMounts")).hasSize(5);
    assertThat(map(DeployFiles.at(named(named, "ConfigMap push"), "data")))
        .containsEntry("HERALD_MAX_BATCH", "500")
        .containsEntry("HERALD_TLS_KEY", "/etc/herald/tls/tls.key")
        .containsEntry("HERALD_ADMIN_TOKEN_FILE", "/etc/herald/admin/token");
    assertThat(DeployFiles.at(named(named, "PrometheusRule push"), "spec", "groups"))
        .isEqualTo(
            DeployFiles.at(
                DeployFiles.yaml(DeployFiles.path("prometheus/herald.rules.yml")).get(0),
                "groups"));
  }

  /** As {@code herald rules --runbook-url} has them. */
  @Test
  void theLinksToTheRunbookAreAbsoluteWithAnAddress() throws Exception {
    String runbook = "https://wiki.example/herald";
    List<Object> manifests =
        rendered(
            CHART,
            "herald",
            "--set=prometheusRule.enabled=true,prometheusRule.runbookUrl=" + runbook);
    assertThat(DeployFiles.at(named(byName(manifests), "PrometheusRule herald"), "spec"))
        .isEqualTo(DeployFiles.yaml(rules(runbook)).get(0));
  }

  /** What the command prints. */
  private static String rules(String runbook) {
    CommandLine herald = HeraldCommand.commandLine(Map.of());
    StringWriter out = new StringWriter();
    herald.setOut(new PrintWriter(out));
    assertThat(herald.execute("rules", "--runbook-url", runbook)).isZero();
    return out.toString();
  }

  @Test
  void withAllThatCanBeSwitchedOffItFitsTheSchemas() throws Exception {
    List<Object> manifests = rendered(CHART, "chat", NONE);
    assertThat(byName(manifests).keySet())
        .containsExactly(
            "ConfigMap chat-herald",
            "Deployment chat-herald",
            "Service chat-herald",
            "Service chat-herald-admin");
    assertThat(
            DeployFiles.at(named(byName(manifests), "Deployment chat-herald"), "spec", "replicas"))
        .isEqualTo(3);
    check(manifests);
  }

  @Test
  void withRelaysItFitsTheSchemas() throws Exception {
    List<Object> manifests = rendered(CHART, "herald", STREAM);
    check(manifests);
    Map<String, Object> named = byName(manifests);
    assertThat(named.keySet())
        .contains(
            "ConfigMap herald-relay",
            "Deployment herald-relay",
            "NetworkPolicy herald-relay",
            "PodDisruptionBudget herald-relay",
            "Service herald-relay-admin",
            "ServiceMonitor herald-relay");
    for (String name : List.of("ConfigMap herald", "ConfigMap herald-relay")) {
      assertThat(map(DeployFiles.at(named(named, name), "data")))
          .as(name)
          .containsEntry("HERALD_FEED", "tls://a.example:4222,b.example")
          .containsEntry("HERALD_FEED_STREAM", "chat")
          .containsEntry("HERALD_FEED_USER", "herald")
          .containsEntry("HERALD_FEED_PASSWORD_FILE", "/etc/herald/stream/password")
          .containsEntry("HERALD_FEED_CA", "/etc/herald/stream-ca/ca.crt");
    }
    assertThat(map(DeployFiles.at(named(named, "ConfigMap herald-relay"), "data")))
        .containsEntry("HERALD_CREATE_STREAM", "true")
        .containsEntry("HERALD_PATIENCE", "2s")
        .as("it counts at the relay, which makes the events")
        .containsEntry("HERALD_ECHO_TO_SENDER", "false")
        .containsEntry("HERALD_MAX_EVENT_BYTES", "1000000")
        .doesNotContainKeys("HERALD_BIND", "HERALD_MAX_CONNECTIONS");
    for (String name : List.of("Deployment herald", "Deployment herald-relay")) {
      Object pod = DeployFiles.at(named(named, name), "spec", "template", "spec");
      assertThat((List<?>) DeployFiles.at(pod, "volumes")).as(name).hasSize(5);
      assertThat((List<?>) DeployFiles.at(pod, "containers", 0, "volumeMounts")).hasSize(5);
    }
  }

  /** A relay that clients or the autoscaler took for an instance would do harm. */
  @Test
  void nothingThatFindsInstancesFindsRelays() throws Exception {
    Map<String, Object> named = byName(rendered(CHART, "herald", STREAM));
    Object ofInstances = DeployFiles.at(named(named, "Service herald"), "spec", "selector");
    Object ofRelays =
        DeployFiles.at(
            named(named, "Deployment herald-relay"), "spec", "template", "metadata", "labels");
    assertThat(map(ofRelays)).containsEntry("app.kubernetes.io/name", "herald-relay");
    assertThat(map(ofInstances)).containsEntry("app.kubernetes.io/name", "herald");
    for (String name : List.of("NetworkPolicy", "PodDisruptionBudget", "Service")) {
      String relay = name + " herald-relay" + (name.equals("Service") ? "-admin" : "");
      Object spec = DeployFiles.at(named(named, relay), "spec");
      Object selector =
          switch (name) {
            case "NetworkPolicy" -> DeployFiles.at(spec, "podSelector", "matchLabels");
            case "PodDisruptionBudget" -> DeployFiles.at(spec, "selector", "matchLabels");
            default -> DeployFiles.at(spec, "selector");
          };
      assertThat(map(ofRelays)).as(name).containsAllEntriesOf(map(selector));
    }
    assertThat(
            DeployFiles.at(
                named(named, "ServiceMonitor herald-relay"), "spec", "selector", "matchLabels"))
        .isEqualTo(
            DeployFiles.at(
                named(named, "Deployment herald-relay"), "spec", "selector", "matchLabels"));
  }

  /** While one moves, the relays fill the stream and the instances do not read it yet. */
  @Test
  void relaysCanComeBeforeTheInstancesReadTheStream() throws Exception {
    Map<String, Object> without = byName(rendered(CHART, "herald"));
    List<String> values = new ArrayList<>(List.of("--set=relay.enabled=true"));
    values.add("--set=stream.url=nats://nats:4222,stream.feedsInstances=false");
    Map<String, Object> with = byName(rendered(CHART, "herald", values.toArray(String[]::new)));
    assertThat(with).containsAllEntriesOf(without).hasSizeGreaterThan(without.size());
  }

  /** Pods of one Deployment would have one slot, and all but one of them would never be ready. */
  @Test
  void eachRelayThatReadsTheLogHasASlotOfItsOwn() throws Exception {
    List<Object> manifests =
        rendered(
            CHART,
            "herald",
            "--set=relay.enabled=true,stream.url=nats://nats:4222",
            "--set-string=relay.options.source=wal,relay.options.slot=chat,extraEnv[0].name=TZ",
            "--set-string=extraEnv[0].value=UTC");
    check(manifests);
    Map<String, Object> named = byName(manifests);
    assertThat(named).doesNotContainKey("Deployment herald-relay");
    for (int i = 0; i < 2; i++) {
      Object spec = DeployFiles.at(named(named, "Deployment herald-relay-" + i), "spec");
      assertThat(DeployFiles.at(spec, "replicas")).isEqualTo(1);
      assertThat(DeployFiles.at(spec, "strategy", "type")).isEqualTo("Recreate");
      assertThat(DeployFiles.at(spec, "template", "spec", "containers", 0, "env"))
          .isEqualTo(
              List.of(
                  Map.of("name", "HERALD_SLOT", "value", "chat_" + i),
                  Map.of("name", "TZ", "value", "UTC")));
      assertThat(map(DeployFiles.at(spec, "template", "metadata", "labels")))
          .containsAllEntriesOf(map(DeployFiles.at(spec, "selector", "matchLabels")))
          .containsAllEntriesOf(
              map(DeployFiles.at(named(named, "Service herald-relay-admin"), "spec", "selector")))
          .containsEntry("app.kubernetes.io/component", "relay-" + i);
    }
  }

  @Test
  void relaysWithoutAStreamAreRefused() {
    assertThatThrownBy(() -> text(CHART, "herald", "--set=relay.enabled=true"))
        .hasMessageContaining("relay.enabled needs stream.url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingress-nginx", "ingress-haproxy", "gateway-api", "stream"})
  void theExamplesFitTheSchemas(String example) throws Exception {
    check(
        rendered(
            CHART, "herald", "--values=" + DeployFiles.path("helm/examples/" + example + ".yaml")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--set-string=options.max-conections=5",
        "--set=options.max-connections=5",
        "--set-string=options.bind=0.0.0.0:80",
        "--set=replica=3",
        "--set=database.url=db.internal",
        "--set=image.digest=latest",
        "--set=stream.url=a.example",
        "--set=stream.secretKey=jwt",
        "--set-string=relay.options.max-connections=5",
        "--set-string=options.feed=nats://a",
        "--set=prometheusRule.runbookUrl=https://wiki.example/herald#alerts",
        "--set=terminationGracePeriodSeconds=54",
        "--set-string=options.drain-timeout=1m",
      })
  void whatCanNotWorkIsRefused(String wrong) {
    assertThatThrownBy(() -> text(CHART, "herald", wrong))
        .hasMessageContainingAll("Error: ", wrong.replaceAll(".*[.=,](\\w[\\w-]+)=.*", "$1"));
  }

  @Test
  void thePlainManifestsAreRenderedFromIt() throws Exception {
    Map<String, String> path =
        Map.of("PATH", helm.folder() + java.io.File.pathSeparator + System.getenv("PATH"));
    Tool.at(DeployFiles.path("helm/render")).run(path, folder);
    Map<String, String> made = new HashMap<>();
    try (var files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        made.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    assertThat(made).hasSize(10);
    for (Map.Entry<String, String> file : made.entrySet()) {
      assertThat(DeployFiles.text("kubernetes/" + file.getKey()))
          .as("%s is written by deploy/helm/render", file.getKey())
          .isEqualTo(file.getValue());
    }
  }

  @SuppressWarnings("unchecked") // names in YAML are texts
  private static Map<String, Object> map(Object node) {
    return (Map<String, Object>) node;
  }

  /**
   * Values that the version before accepted are accepted, no object is left out, and nothing
   * changes that Kubernetes lets nobody change.
   */
  @Test
  void anUpgradeFromTheVersionBeforeIsPossible() throws Exception {
    Path valuesBefore = folder.resolve("values.yaml");
    String said = helm.run("show", "values", before());
    Files.writeString(valuesBefore, said);
    for (String[] values : List.of(new String[0], ALL, NONE)) {
      List<String> arguments = new ArrayList<>(List.of(values));
      arguments.add(0, "--values=" + valuesBefore);
      String[] all = arguments.toArray(String[]::new);
      Map<String, Object> before = byName(rendered(before(), "herald", all));
      Map<String, Object> after = byName(rendered(CHART, "herald", all));
      assertThat(after.keySet()).containsAll(before.keySet());
      before.forEach((name, manifest) -> Upgrades.check(name, manifest, after.get(name)));
    }
  }
}
