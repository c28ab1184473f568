package herald.benchmarks.feeds;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.PostgresProcesses;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Instances that one feed reaches, some of them light, and what they spend. One thread. */
public final class FedInstances {
  private static final int WINDOW = 128;
  private static final int PACED_WRITERS = 4;
  private static final long POLL_MILLIS = 20;

  /** So long a light instance may get nothing before what it has not got counts as lost. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final FeedKind kind;
  private final Settings settings;
  private final DataSource database;
  private final FeedServers servers;
  private final Population people;
  private final LightInstances lights;
  private @Nullable Fleet fleet;

  /**
   * How they are measured.
   *
   * @param relays that fill the stream, if there is one
   * @param fullInstances beyond so many, instances are light ones
   * @param connections clients of all whole instances together
   * @param perSecond rows per second that are committed where they are paced
   */
  public record Settings(
      int relays, int fullInstances, int connections, double perSecond, int eventBytes) {}

  private FedInstances(
      FeedKind kind,
      Settings settings,
      DataSource database,
      FeedServers servers,
      Population people,
      LightInstances lights) {
    this.kind = kind;
    this.settings = settings;
    this.database = database;
    this.servers = servers;
    this.people = people;
    this.lights = lights;
  }

  /**
   * Starts what the feed needs; there is no instance yet.
   *
   * @param servers that are not started yet, and are ended by the caller
   * @param databaseUrl the same database, with user and password
   */
  public static FedInstances start(
      FeedKind kind,
      Settings settings,
      FeedServers servers,
      DataSource database,
      String databaseUrl)
      throws IOException, SQLException, InterruptedException {
    if (kind == FeedKind.LOG) {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("drop trigger herald_rpc_log_inserted on rpc_log");
      }
    }
    Population people = Population.create(database, settings.connections(), 2);
    if (kind.hasStream()) {
      servers.startStream(kind, settings.relays());
    }
    LightInstances lights = LightInstances.start(databaseUrl, servers.feed());
    servers.endWith(lights::close);
    return new FedInstances(kind, settings, database, servers, people, lights);
  }

  FeedKind kind() {
    return kind;
  }

  /** Starts instances until there are so many, and connects the clients to the whole ones. */
  void growTo(int count, Consumer<String> progress) throws IOException, InterruptedException {
    int full = Math.min(count, settings.fullInstances());
    if (full > servers.gateways().size()) {
      Fleet before = fleet;
      if (before != null) {
        before.close();
      }
      servers.growTo(full);
      List<Integer> ports = servers.gateways().stream().map(Gateway::port).toList();
      Fleet clients =
          Fleet.start(
              new Fleet.Settings("127.0.0.1", ports, 0, settings.connections(), "", WINDOW, 0),
              people.seed(),
              progress);
      servers.endWith(clients::close);
      fleet = clients;
      clients.connectAll(kind.toString(), line -> {});
    }
    lights.growTo(count - full);
  }

  /** Does it for nothing: half of the time as fast as it goes, so that compilers have seen all. */
  FeedFigures warmUp(int seconds) throws IOException, SQLException, InterruptedException {
    FeedFigures fast = measure(0, PACED_WRITERS, (seconds + 1) / 2);
    FeedFigures paced = measure(settings.perSecond(), PACED_WRITERS, seconds / 2);
    return fast.isComplete() ? paced : fast;
  }

  /** Commits rows at the rate of the settings. */
  FeedFigures paced(int seconds) throws IOException, SQLException, InterruptedException {
    return measure(settings.perSecond(), PACED_WRITERS, seconds);
  }

  /** Commits as many rows as so many writers can. */
  FeedFigures unpaced(int writers, int seconds)
      throws IOException, SQLException, InterruptedException {
    return measure(0, writers, seconds);
  }

  /** What it has spent until now. */
  FeedCpu spent() throws SQLException {
    return FeedCpu.until(PostgresProcesses.of(database), servers);
  }

  private FeedFigures measure(double perSecond, int writers, int seconds)
      throws IOException, SQLException, InterruptedException {
    Fleet clients = fleet;
    if (clients == null) {
      throw new IllegalStateException("there are no clients yet");
    }
    EventWriters.Settings writing =
        new EventWriters.Settings(Mix.CHATS, perSecond, 1, writers, settings.eventBytes());
    try (EventWriters rows = new EventWriters(database, people, writing)) {
      lights.begin();
      FeedCpu before = spent();
      LoadRun run =
          new LoadRun(
              clients, rows, servers.gateways().stream().map(Gateway::figures).toList(), l -> {});
      LoadResult result = run.measure(seconds);
      long committed = result.committed();
      LightInstances.Counts light = awaitLight(committed);
      FeedCpu.Spent spent = before.since();
      return new FeedFigures(
          committed,
          Math.max(0, result.expected() - result.delivered())
              + Math.max(0, committed - light.fewest()),
          Math.max(0, result.delivered() - result.expected())
              + Math.max(0, light.most() - committed),
          spent.per(committed),
          result.cpuMicrosPerEvent() / servers.gateways().size(),
          result.millis(50),
          result.millis(99));
    }
  }

  /** Waits until each light instance has got all, or one of them gets no more. */
  private LightInstances.Counts awaitLight(long committed)
      throws IOException, InterruptedException {
    LightInstances.Counts counts = lights.counts(committed);
    long progressNanos = System.nanoTime();
    while (counts.fewest() < committed && System.nanoTime() - progressNanos < PATIENCE_NANOS) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      LightInstances.Counts now = lights.counts(committed);
      if (now.fewest() > counts.fewest()) {
        progressNanos = System.nanoTime();
      }
      counts = now;
    }
    return counts;
  }
}
