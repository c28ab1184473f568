package herald.gateway.faults;

import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TcpProxy;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The gateway processes behind a balancer, each with a line of its own to the database. The first
 * lives through it all. One thread, but for {@link #port}.
 */
final class Instances implements AutoCloseable {
  private static final long WAIT_SECONDS = 120;

  /** How long the address of one that was killed stays with the balancer. */
  private static final long KILLED_SECONDS = 2;

  /** Longer than the longest rest between two searches of the table, twice. */
  private static final long SWEEP_SECONDS = 120;

  private static final String SWEEPS = "herald_feed_sweeps_total";

  /**
   * The balancer is believed, as deploy/ recommends. A lost line, a client that does not read and a
   * trigger that is disabled are noticed within the short faults. The replay is left at its
   * default.
   */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "HERALD_TRUSTED_PROXIES", "127.0.0.1",
          "HERALD_PROBE_TIMEOUT", "2s",
          "HERALD_SWEEP_INTERVAL", "1s",
          "HERALD_SCHEMA_CHECK_INTERVAL", "1s",
          "HERALD_WRITE_DEADLINE", "1s",
          "HERALD_SEND_BUFFER", "4k",
          "HERALD_HIGH_WATERMARK", "4k",
          "HERALD_LOW_WATERMARK", "2k");

  private final SuiteDatabase database;

  /** What is started from now on; null for the code of the tests. */
  private @Nullable Path launcher;

  private final Balancer balancer;
  private final Random random;
  private final Map<GatewayProcess, TcpProxy> lines = new HashMap<>();
  private final Map<GatewayProcess, ExchangeDisturbance> disturbances = new HashMap<>();
  private final CopyOnWriteArrayList<GatewayProcess> gateways = new CopyOnWriteArrayList<>();

  Instances(SuiteDatabase database, Balancer balancer, Random random) {
    this.database = database;
    this.balancer = balancer;
    this.random = random;
  }

  /** Says which version is started from now on, by {@code bin/herald} of its distribution. */
  void use(Path version) {
    launcher = version;
  }

  /** Starts one more; it may not be ready yet. */
  GatewayProcess start() throws IOException {
    ExchangeDisturbance disturbance = new ExchangeDisturbance(random.nextLong());
    TcpProxy line = new TcpProxy(database.port(), disturbance::onConnection);
    try {
      String url = database.urlAt(line.port());
      Path version = launcher;
      GatewayProcess gateway =
          version == null
              ? GatewayProcess.serve(url, OPTIONS)
              : GatewayProcess.serve(version, url, OPTIONS);
      lines.put(gateway, line);
      disturbances.put(gateway, disturbance);
      gateways.add(gateway);
      balancer.add(gateway);
      return gateway;
    } catch (IOException | RuntimeException | Error e) {
      try (line) {
        throw e;
      }
    }
  }

  /** Where clients connect to. Any thread. */
  int port() {
    return balancer.port();
  }

  GatewayProcess any() {
    return gateways.get(random.nextInt(gateways.size()));
  }

  /** Of the notifications by which one hears the others. */
  ExchangeDisturbance anyDisturbance() {
    return Objects.requireNonNull(disturbances.get(any()));
  }

  /** Of all that have ever run. */
  List<ExchangeDisturbance> disturbances() {
    return List.copyOf(disturbances.values());
  }

  List<GatewayProcess> all() {
    return List.copyOf(gateways);
  }

  /** The one that lives through it all. */
  GatewayProcess first() {
    return gateways.get(0);
  }

  /** SIGTERM for the first; the balancer learns of it by its checks. */
  void drainFirst() throws IOException, InterruptedException {
    drain(gateways.get(0));
  }

  /** The same for any but the first. */
  void drainAny() throws IOException, InterruptedException {
    drain(anyButTheFirst());
  }

  private GatewayProcess anyButTheFirst() {
    return gateways.get(1 + random.nextInt(gateways.size() - 1));
  }

  private void drain(GatewayProcess gateway) throws IOException, InterruptedException {
    gateways.remove(gateway);
    int exitCode = gateway.terminate();
    balancer.remove(gateway);
    if (exitCode != 0) {
      throw new AssertionError("a drained gateway exited with " + exitCode);
    }
  }

  /** SIGKILL for any but the first; the balancer learns of it by its checks. */
  void killAny() throws IOException, InterruptedException {
    GatewayProcess gateway = anyButTheFirst();
    gateways.remove(gateway);
    gateway.kill();
    TimeUnit.SECONDS.sleep(KILLED_SECONDS);
    balancer.remove(gateway);
  }

  /** The lines of those that run. */
  List<TcpProxy> linesToDatabase() {
    List<TcpProxy> running = new ArrayList<>();
    for (GatewayProcess gateway : gateways) {
      running.add(Objects.requireNonNull(lines.get(gateway)));
    }
    return running;
  }

  void awaitReady() throws InterruptedException {
    for (GatewayProcess gateway : gateways) {
      gateway.awaitReady();
    }
  }

  /** Waits until each says that it is not ready. */
  void awaitUnready() throws InterruptedException {
    for (GatewayProcess gateway : gateways) {
      Eventually.holds(
          "the gateway is not ready", WAIT_SECONDS, () -> gateway.status("/readyz") == 503);
    }
  }

  /** How many rows each has pushed that no notification had announced. */
  Map<GatewayProcess, Double> unannounced() {
    return each("herald_feed_unannounced_total");
  }

  /**
   * Waits until each has pushed so many more rows that no notification had announced, or has
   * searched the table from the beginning and found no more.
   */
  void awaitSweep(Map<GatewayProcess, Double> unannouncedBefore, long unannouncedSince)
      throws InterruptedException {
    Map<GatewayProcess, Double> sweptBefore = each(SWEEPS);
    for (GatewayProcess gateway : gateways) {
      double enough = unannouncedBefore.getOrDefault(gateway, 0.0) + unannouncedSince;
      // The first of the two may have been under way.
      double often = sweptBefore.getOrDefault(gateway, 0.0) + 2;
      Eventually.holds(
          "the gateway has swept",
          SWEEP_SECONDS,
          () ->
              metric(gateway, "herald_feed_unannounced_total") >= enough
                  || metric(gateway, SWEEPS) >= often);
    }
  }

  private Map<GatewayProcess, Double> each(String metric) {
    Map<GatewayProcess, Double> values = new HashMap<>();
    gateways.forEach(gateway -> values.put(gateway, metric(gateway, metric)));
    return values;
  }

  /** The sum of a metric over those that run. */
  long sum(String metric) {
    return gateways.stream().mapToLong(gateway -> (long) metric(gateway, metric)).sum();
  }

  private static double metric(GatewayProcess gateway, String name) {
    try {
      return gateway.metric(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    gateways.forEach(GatewayProcess::close);
    lines.keySet().forEach(GatewayProcess::close);
    for (TcpProxy line : lines.values()) {
      line.close();
    }
  }
}
