package herald.gateway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import herald.demo.platform.BlastAudience;
import herald.demo.platform.Community;
import herald.demo.platform.Platform;
import herald.demo.platform.PlatformUser;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.commands.HeraldCommand;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.RelaySettings;
import herald.gateway.config.TlsSettings;
import herald.gateway.metrics.Telemetry;
import herald.gateway.relay.RelayProcess;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TestCertificates;
import herald.gateway.testing.TestClient;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.WalletKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The rules and the dashboard, in a real Prometheus that scrapes a real gateway with traffic. */
final class PrometheusIT {
  private static final long DEADLINE_SECONDS = 90;

  private static final Pattern OF_STREAMS =
      Pattern.compile("herald_relay_|herald_stream_|up\\{job=\"herald-relay\"");

  private static final Pattern OF_THE_LOG = Pattern.compile("herald_wal_\\w+");

  private final WalletKey key = WalletKey.random(new SecureRandom());
  private int rounds;

  @TempDir private Path folder;

  @Test
  void rulesAreRightAndRaiseWhatTheyShould() throws Exception {
    Tool promtool = Tool.orSkip("promtool", "prometheus");
    promtool.run("check", "rules", DeployFiles.path("prometheus/herald.rules.yml"));
    promtool.run("check", "config", DeployFiles.path("prometheus/prometheus.yml"));
    promtool.run("check", "config", DeployFiles.path("prometheus/prometheus.stream.yml"));
    promtool.run(
        "test",
        "rules",
        DeployFiles.path("prometheus/herald.rules.test.yml"),
        DeployFiles.path("prometheus/herald.rules.days.test.yml"));
  }

  @Test
  void rulesWithTheAddressOfARunbookAreRight() throws Exception {
    Tool promtool = Tool.orSkip("promtool", "prometheus");
    Path rules = folder.resolve("herald.rules.yml");
    CommandLine herald = HeraldCommand.commandLine(Map.of());
    try (PrintWriter out = new PrintWriter(rules.toFile(), StandardCharsets.UTF_8)) {
      herald.setOut(out);
      assertThat(herald.execute("rules", "--runbook-url=https://wiki.example/herald")).isZero();
    }
    promtool.run("check", "rules", rules);
  }

  @Test
  void everyExpressionOfTheDashboardHasAnAnswer() throws Exception {
    Tool prometheus = Tool.orSkip("prometheus", "prometheus");
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    community.follow(bob, alice);
    String chat = platform.createChat(alice, bob).subjectId();
    try (TestGateway gateway = TestGateway.start(database.url());
        PrometheusServer server =
            new PrometheusServer(prometheus, folder, gateway.gateway().adminPort())) {
      // Rates need two scrapes in which a counter differs: there is traffic until all have answers.
      Map<String, String> unanswered = new LinkedHashMap<>(Dashboard.expressions("10s"));
      unanswered.keySet().removeAll(ofCertificates().keySet());
      unanswered.keySet().removeAll(ofStreams().keySet());
      unanswered.values().removeIf(expression -> OF_THE_LOG.matcher(expression).find());
      assertThat(unanswered).hasSizeGreaterThan(70);
      Eventually.holds(
          "these have an answer: " + unanswered,
          DEADLINE_SECONDS,
          () -> {
            traffic(gateway, platform, alice, bob, chat);
            unanswered.values().removeIf(expression -> hasAnAnswer(server, expression));
            return unanswered.isEmpty();
          });
      Eventually.holds(
          "each rule has been evaluated",
          DEADLINE_SECONDS,
          () -> rules(server).stream().noneMatch(rule -> member(rule, "health").equals("unknown")));
      assertThat(rules(server))
          .allSatisfy(
              rule -> assertThat(member(rule, "health")).as(rule.toString()).isEqualTo("ok"))
          .noneSatisfy(rule -> assertThat(member(rule, "state")).isEqualTo("firing"));
    }
  }

  /** They have none where instances listen to the database. */
  private static Map<String, String> ofStreams() throws IOException {
    Map<String, String> expressions = new LinkedHashMap<>(Dashboard.expressions("10s"));
    expressions.values().removeIf(expression -> !OF_STREAMS.matcher(expression).find());
    assertThat(expressions).hasSizeGreaterThan(15);
    return expressions;
  }

  @Test
  void everyExpressionOfRelaysAndTheStreamHasAnAnswer() throws Exception {
    Tool prometheus = Tool.orSkip("prometheus", "prometheus");
    SharedDatabase database = SharedDatabase.fresh();
    Community community = new Community(database.dataSource());
    Platform platform = new Platform(database.dataSource());
    PlatformUser alice = community.createUser("alice", "0x1");
    PlatformUser bob = community.createUser("bob", key.wallet());
    community.follow(bob, alice);
    String chat = platform.createChat(alice, bob).subjectId();
    try (NatsServer nats = NatsServer.start();
        RelayProcess relay = relay(database, nats);
        RelayProcess other = relay(database, nats);
        TestGateway gateway =
            TestGateway.startUnready(
                TestGateway.config(database.url()).toBuilder().stream(nats.settings()).build());
        PrometheusServer server =
            new PrometheusServer(
                prometheus,
                folder,
                "prometheus.stream.yml",
                Map.of(
                    "gateway", gateway.gateway().adminPort(),
                    "relay-1", relay.adminPort(),
                    "relay-2", other.adminPort()))) {
      gateway.awaitReady();
      Map<String, String> unanswered = new LinkedHashMap<>(ofStreams());
      Eventually.holds(
          "these have an answer: " + unanswered,
          DEADLINE_SECONDS,
          () -> {
            traffic(gateway, platform, alice, bob, chat);
            unanswered.values().removeIf(expression -> hasAnAnswer(server, expression));
            return unanswered.isEmpty();
          });
      Eventually.holds(
          "one relay publishes, and both are seen",
          DEADLINE_SECONDS,
          () ->
              sum(server, "sum(herald_relay_active)") == 1
                  && sum(server, "sum(up{job=\"herald-relay\"})") == 2);
      assertThat(rules(server))
          .noneSatisfy(rule -> assertThat(member(rule, "state")).isEqualTo("firing"));
    }
  }

  /** There is no slot here, but the names are known. */
  @Test
  void theDashboardNamesWhatARelayThatReadsTheLogHas() throws IOException {
    GatewayConfig config = TestGateway.config("postgresql://nobody@127.0.0.1:1/none");
    try (Telemetry telemetry = new Telemetry(config.tracing(), "test")) {
      telemetry
          .meters()
          .wal()
          .slot(Thread.State.class, () -> Thread.State.NEW, () -> 0, () -> 0, () -> 0, () -> 0);
      String figures = telemetry.registry().scrape();
      assertThat(Dashboard.expressions("10s").values())
          .flatMap(
              expression ->
                  OF_THE_LOG.matcher(expression).results().map(MatchResult::group).toList())
          .isNotEmpty()
          .allSatisfy(name -> assertThat(figures).contains("\n# TYPE " + name + " "));
    }
  }

  private static RelayProcess relay(SharedDatabase database, NatsServer nats) throws IOException {
    RelaySettings usual = RelaySettings.defaults();
    RelayProcess relay =
        new RelayProcess(
            TestGateway.config(database.url()).toBuilder().stream(nats.settings()).build(),
            nats.settings(),
            new RelaySettings(
                usual.patience(),
                usual.queueEvents(),
                usual.queueBytes(),
                true,
                1,
                usual.maxAge(),
                usual.maxBytes()));
    relay.start();
    return relay;
  }

  private static double sum(PrometheusServer server, String expression) {
    try {
      return server.query(expression).stream().mapToDouble(Double::doubleValue).sum();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(expression, e);
    }
  }

  private static Map<String, String> ofCertificates() throws IOException {
    Map<String, String> expressions = new LinkedHashMap<>(Dashboard.expressions("10s"));
    expressions.values().removeIf(expression -> !expression.contains("certificate_expiration"));
    assertThat(expressions).isNotEmpty();
    return expressions;
  }

  /** They have none where nothing is encrypted. */
  @Test
  void theDashboardShowsWhenACertificateExpires() throws Exception {
    Tool prometheus = Tool.orSkip("prometheus", "prometheus");
    TlsSettings tls =
        new TlsSettings(
            folder.resolve("a.crt"), folder.resolve("a.key"), TlsSettings.RELOAD_INTERVAL);
    TestCertificates.write(
        tls, TestCertificates.selfSigned("a", Instant.now().plus(Duration.ofHours(3))));
    GatewayConfig config =
        TestGateway.config("postgresql://nobody@127.0.0.1:1/none").toBuilder().tls(tls).build();
    try (TestGateway gateway = TestGateway.startUnready(config);
        PrometheusServer server =
            new PrometheusServer(prometheus, folder, gateway.gateway().adminPort())) {
      for (String expression : ofCertificates().values()) {
        Eventually.holds(expression, DEADLINE_SECONDS, () -> hasAnAnswer(server, expression));
        assertThat(server.query(expression))
            .as("of the one address that has TLS")
            .singleElement()
            .satisfies(seconds -> assertThat(seconds).isBetween(9_000.0, 10_800.0));
      }
    }
  }

  private void traffic(
      TestGateway gateway, Platform platform, PlatformUser alice, PlatformUser bob, String chat) {
    rounds++;
    String text = "round " + rounds;
    try (TestClient client = TestClient.connect(gateway.port(), key)) {
      platform.message(alice, chat, text);
      platform.read(bob, chat);
      platform.blast(alice, BlastAudience.of("follower_audience"), "blast " + rounds);
      client.awaitMessage(text);
      // A collection of garbage is a figure too.
      System.gc();
    } catch (IOException | SQLException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean hasAnAnswer(PrometheusServer server, String expression) {
    try {
      List<Double> values = server.query(expression);
      return !values.isEmpty() && values.stream().noneMatch(value -> value.isNaN());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(expression, e);
    }
  }

  private static List<JsonObject> rules(PrometheusServer server) throws InterruptedException {
    try {
      return server.rules();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String member(JsonObject object, String name) {
    return object.has(name) ? object.get(name).getAsString() : "";
  }
}
