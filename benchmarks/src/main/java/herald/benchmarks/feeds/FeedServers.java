package herald.benchmarks.feeds;

import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.NatsServer;
import herald.benchmarks.servers.ProcessFigures;
import herald.benchmarks.servers.Relay;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one feed: a stream's engine and relays if it has them, and whole instances.
 * Ended together, whoever reads before whoever writes. Any thread may end them.
 */
public final class FeedServers implements AutoCloseable {
  /** Stopped at the end: what a drain waits for only takes time. */
  private static final List<String> WITHOUT_DRAIN =
      List.of("--drain-delay=0s", "--drain-period=0s");

  private final Programs programs;
  private final String databaseUrl;
  private final List<Closeable> started = Collections.synchronizedList(new ArrayList<>());
  private final List<Relay> relays = new ArrayList<>();
  private final List<Gateway> gateways = new ArrayList<>();
  private @Nullable NatsServer nats;

  /**
   * What is started.
   *
   * @param launcher {@code bin/herald} of a distribution
   * @param serveOptions further options of {@code herald serve}
   * @param natsServer null if nothing needs it
   */
  public record Programs(Path launcher, List<String> serveOptions, @Nullable Path natsServer) {}

  /**
   * @param databaseUrl with user and password
   */
  public FeedServers(Programs programs, String databaseUrl) {
    this.programs = programs;
    this.databaseUrl = databaseUrl;
  }

  /** Starts an engine, and relays that fill a stream, and waits until they are ready. */
  void startStream(FeedKind kind, int count) throws IOException, InterruptedException {
    Path program = programs.natsServer();
    if (program == null) {
      throw new IllegalStateException("there is no nats-server to start");
    }
    NatsServer engine = NatsServer.start(program);
    started.add(engine::close);
    nats = engine;
    for (int number = 1; number <= count; number++) {
      List<String> options = new ArrayList<>(List.of("--feed=" + engine.url(), "--create-stream"));
      if (kind == FeedKind.LOG) {
        options.addAll(List.of("--source=wal", "--create-slot", "--slot=herald_" + number));
      }
      Relay relay = Relay.start(programs.launcher(), databaseUrl, options);
      started.add(relay::close);
      relays.add(relay);
    }
    for (Relay relay : relays) {
      relay.awaitReady();
    }
  }

  /** Starts whole instances until there are so many, which are ready when this returns. */
  void growTo(int count) throws IOException, InterruptedException {
    while (gateways.size() < count) {
      Gateway gateway = launchGateway(line -> {});
      gateways.add(gateway);
      gateway.awaitReady();
    }
  }

  /**
   * Starts one more instance, which may not be ready when this returns.
   *
   * @param log told every line that it writes
   */
  Gateway launchGateway(Consumer<String> log) throws IOException {
    List<String> options = new ArrayList<>(WITHOUT_DRAIN);
    options.add("--feed=" + feed());
    options.addAll(programs.serveOptions());
    Gateway gateway = Gateway.start(programs.launcher(), databaseUrl, options, log);
    started.add(gateway::close);
    return gateway;
  }

  /** The first relay. */
  Relay relay() {
    return relays.get(0);
  }

  /** What instances are told of the feed. */
  String feed() {
    NatsServer engine = nats;
    return engine == null ? "postgresql" : engine.url();
  }

  List<Gateway> gateways() {
    return gateways;
  }

  /** CPU time of all relays. */
  long relayCpuNanos() {
    return relays.stream().map(Relay::figures).mapToLong(ProcessFigures::cpuNanos).sum();
  }

  /** CPU time of the engine. */
  long engineCpuNanos() {
    NatsServer engine = nats;
    return engine == null ? 0 : engine.figures().cpuNanos();
  }

  /** Has something more ended with these, before them. */
  void endWith(Closeable other) {
    started.add(other);
  }

  /** Ends all, also if one of them does not end well. A second call finds nothing to do. */
  @Override
  public void close() throws IOException {
    IOException failure = null;
    while (!started.isEmpty()) {
      try {
        started.remove(started.size() - 1).close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
