package herald.gateway.faults;

import herald.gateway.testing.GatewayProcess;
import herald.gateway.testing.TcpProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The gateway processes behind a balancer, each with a line of its own to the database, and one to
 * the stream if there is one. The first lives through it all. One thread, but for {@link #port}.
 */
final class Instances implements AutoCloseable {
  /** How long the address of one that was killed stays with the balancer. */
  private static final long KILLED_SECONDS = 2;

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

  /** Null if they listen to the database. */
  private final @Nullable Relays relays;

  /** What is started from now on; null for the code of the tests. */
  private @Nullable Path launcher;

  private final Balancer balancer;
  private final Random random;

  /** All that were ever started. */
  private final Map<GatewayProcess, Links> started = new HashMap<>();

  private final List<TcpProxy> lines = new ArrayList<>();
  private final CopyOnWriteArrayList<GatewayProcess> gateways = new CopyOnWriteArrayList<>();

  /** What one has to the outside; no line to the stream if it listens to the database. */
  private record Links(
      TcpProxy toDatabase, @Nullable TcpProxy toStream, ExchangeDisturbance disturbance) {}

  Instances(SuiteDatabase database, @Nullable Relays relays, Balancer balancer, Random random) {
    this.database = database;
    this.relays = relays;
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
    lines.add(line);
    Map<String, String> options = new HashMap<>(OPTIONS);
    TcpProxy streamLine = null;
    if (relays != null) {
      streamLine = new TcpProxy(relays.enginePort(), disturbance::onStreamConnection);
      lines.add(streamLine);
      options.put("HERALD_FEED", Relays.url(streamLine.port()));
    }
    GatewayProcess gateway = start(database.urlAt(line.port()), options);
    started.put(gateway, new Links(line, streamLine, disturbance));
    gateways.add(gateway);
    balancer.add(gateway);
    return gateway;
  }

  private GatewayProcess start(String url, Map<String, String> options) throws IOException {
    Path version = launcher;
    return version == null
        ? GatewayProcess.serve(url, options)
        : GatewayProcess.serve(version, url, options);
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
    return links(any()).disturbance();
  }

  /** Of all that have ever run. */
  List<ExchangeDisturbance> disturbances() {
    return started.values().stream().map(Links::disturbance).toList();
  }

  /** All that were ever started, also those that have ended. */
  List<GatewayProcess> everStarted() {
    return List.copyOf(started.keySet());
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

  private Links links(GatewayProcess gateway) {
    return Objects.requireNonNull(started.get(gateway));
  }

  /** The lines of those that run. */
  List<TcpProxy> linesToDatabase() {
    return gateways.stream().map(gateway -> links(gateway).toDatabase()).toList();
  }

  /** The same of the lines to the stream; none if they listen to the database. */
  List<TcpProxy> linesToStream() {
    return gateways.stream()
        .flatMap(gateway -> Stream.ofNullable(links(gateway).toStream()))
        .toList();
  }

  void awaitReady() throws InterruptedException {
    for (GatewayProcess gateway : gateways) {
      gateway.awaitReady();
    }
  }

  @Override
  public void close() throws IOException {
    gateways.forEach(GatewayProcess::close);
    started.keySet().forEach(GatewayProcess::close);
    for (TcpProxy line : lines) {
      line.close();
    }
  }
}
