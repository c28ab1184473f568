package herald.gateway.faults;

import herald.gateway.relay.RunningRelay;
import herald.gateway.testing.NatsServer;
import herald.gateway.testing.TcpProxy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * The stream between the database and the instances: a server of NATS, and two relays that fill it,
 * each with lines of its own to the database and to the server. One thread.
 */
final class Relays implements AutoCloseable {
  private static final int RELAYS = 2;

  /** As with the instances: what fails is noticed within the short faults. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "HERALD_PROBE_TIMEOUT", "2s",
          "HERALD_CONNECT_TIMEOUT", "3s",
          "HERALD_QUERY_TIMEOUT", "5s",
          "HERALD_OVERLAP", "30s",
          "HERALD_SWEEP_INTERVAL", "1s",
          "HERALD_SCHEMA_CHECK_INTERVAL", "1s");

  private final SuiteDatabase database;
  private final NatsServer engine;
  private final Random random;
  private final List<RunningRelay> running = new ArrayList<>();
  private final Map<RunningRelay, TcpProxy> databaseLines = new HashMap<>();
  private final Map<RunningRelay, TcpProxy> engineLines = new HashMap<>();

  private Relays(SuiteDatabase database, NatsServer engine, Random random) {
    this.database = database;
    this.engine = engine;
    this.random = random;
  }

  /** Starts the server and both relays, and waits until they are ready. */
  static Relays start(SuiteDatabase database, Random random)
      throws IOException, InterruptedException {
    Relays relays = new Relays(database, NatsServer.start(), random);
    try {
      for (int i = 0; i < RELAYS; i++) {
        relays.start();
      }
      relays.awaitReady();
      return relays;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      try (relays) {
        throw e;
      }
    }
  }

  static String url(int port) {
    return "nats://127.0.0.1:" + port;
  }

  /** Starts one more; it may not be ready yet. */
  void start() throws IOException {
    TcpProxy databaseLine = new TcpProxy(database.port());
    TcpProxy engineLine = new TcpProxy(engine.port());
    try {
      RunningRelay relay =
          RunningRelay.start(
              OPTIONS,
              database.urlAt(databaseLine.port()),
              url(engineLine.port()),
              "--create-stream");
      databaseLines.put(relay, databaseLine);
      engineLines.put(relay, engineLine);
      running.add(relay);
    } catch (IOException | RuntimeException | Error e) {
      try (databaseLine;
          engineLine) {
        throw e;
      }
    }
  }

  /** The server of NATS. */
  NatsServer engine() {
    return engine;
  }

  /** Where the server listens. */
  int enginePort() {
    return engine.port();
  }

  /** All that were ever started, also those that have ended. */
  List<RunningRelay> everStarted() {
    return List.copyOf(databaseLines.keySet());
  }

  List<RunningRelay> all() {
    return List.copyOf(running);
  }

  /** Twice in three times the one that publishes, if there is one. */
  RunningRelay any() {
    RunningRelay chosen = running.get(random.nextInt(running.size()));
    return random.nextInt(RELAYS + 1) == 0
        ? chosen
        : running.stream().filter(RunningRelay::isActive).findFirst().orElse(chosen);
  }

  /** SIGKILL. */
  void kill(RunningRelay relay) throws InterruptedException {
    running.remove(relay);
    relay.kill();
  }

  /** SIGTERM: what it has read is published before it ends. */
  void stop(RunningRelay relay) throws InterruptedException {
    running.remove(relay);
    int exitCode = relay.terminate();
    if (exitCode != 0) {
      throw new AssertionError("a relay that was stopped exited with " + exitCode);
    }
  }

  TcpProxy lineToEngine(RunningRelay relay) {
    return Objects.requireNonNull(engineLines.get(relay));
  }

  /** The lines of those that run. */
  List<TcpProxy> linesToDatabase() {
    return running.stream().map(relay -> Objects.requireNonNull(databaseLines.get(relay))).toList();
  }

  void awaitReady() throws InterruptedException {
    for (RunningRelay relay : running) {
      relay.awaitReady();
    }
  }

  @Override
  public void close() throws IOException {
    databaseLines.keySet().forEach(RunningRelay::close);
    for (TcpProxy line : databaseLines.values()) {
      line.close();
    }
    for (TcpProxy line : engineLines.values()) {
      line.close();
    }
    engine.close();
  }
}
