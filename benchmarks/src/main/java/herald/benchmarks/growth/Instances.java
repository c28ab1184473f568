package herald.benchmarks.growth;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.servers.CpuTimes;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.PostgresProcesses;
import herald.benchmarks.servers.ProcessFigures;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Some instances on one database with clients, and what they spend. Ended together. */
public final class Instances implements AutoCloseable {
  private static final int WINDOW = 128;
  private static final int WRITERS = 2;

  private final DataSource database;
  private final Population people;
  private final List<Gateway> gateways;
  private final Fleet fleet;

  /**
   * What some events came to.
   *
   * @param micros CPU time of all instances per event
   * @param databaseMicros CPU time of PostgreSQL per event, its commit included
   */
  public record Cost(double micros, double databaseMicros, double p50Millis, double p99Millis) {}

  private Instances(DataSource database, Population people, List<Gateway> gateways, Fleet fleet) {
    this.database = database;
    this.people = people;
    this.gateways = gateways;
    this.fleet = fleet;
  }

  /**
   * Connects a client for each of the first so many users.
   *
   * @param gateways that are ready, and are ended with the clients
   */
  public static Instances connect(
      DataSource database,
      Population people,
      List<Gateway> gateways,
      int connections,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    List<Integer> ports = gateways.stream().map(Gateway::port).toList();
    Fleet fleet =
        Fleet.start(
            new Fleet.Settings("127.0.0.1", ports, 0, connections, "", WINDOW, 0),
            people.seed(),
            progress);
    if (fleet.connect().failed() > 0) {
      fleet.close();
      throw new IOException("not all of " + connections + " clients could connect");
    }
    return new Instances(database, people, gateways, fleet);
  }

  /** Messages in chats of two, for nothing. */
  public void warmUp(int perSecond, int seconds)
      throws IOException, SQLException, InterruptedException {
    try (EventWriters writers = writers(Mix.CHATS, perSecond, 330)) {
      run(writers).warmUp(seconds);
    }
  }

  /** CPU time of all instances in a second in which nothing is committed. */
  public double idleMicrosPerSecond(int seconds) throws InterruptedException {
    long before = cpuNanos();
    TimeUnit.SECONDS.sleep(seconds);
    return (cpuNanos() - before) / 1e3 / seconds;
  }

  /**
   * Commits events for a while.
   *
   * @param perSecond 0 for as many as go
   * @throws IOException if one of them did not arrive
   */
  public Cost events(Mix mix, int perSecond, int eventBytes, int seconds)
      throws IOException, SQLException, InterruptedException {
    try (EventWriters writers = writers(mix, perSecond, eventBytes)) {
      PostgresProcesses postgres = PostgresProcesses.of(database);
      CpuTimes before = postgres.cpuTimes();
      LoadResult result = run(writers).measure(seconds);
      if (!result.isComplete()) {
        throw new IOException(result.delivered() + " of " + result.expected() + " events arrived");
      }
      return new Cost(
          result.cpuMicrosPerEvent(),
          postgres.cpuTimes().since(before) / 1e3 / Math.max(1, result.committed()),
          result.millis(50),
          result.millis(99));
    }
  }

  private EventWriters writers(Mix mix, int perSecond, int eventBytes) throws SQLException {
    return new EventWriters(
        database, people, new EventWriters.Settings(mix, perSecond, 1, WRITERS, eventBytes));
  }

  private LoadRun run(EventWriters writers) {
    List<ProcessFigures> figures = gateways.stream().map(Gateway::figures).toList();
    return new LoadRun(fleet, writers, figures, line -> {});
  }

  private long cpuNanos() {
    return gateways.stream().mapToLong(gateway -> gateway.figures().cpuNanos()).sum();
  }

  /** Java heap of all instances after a collection. */
  public static double heapBytes(List<Gateway> gateways) throws IOException, InterruptedException {
    double bytes = 0;
    for (Gateway gateway : gateways) {
      gateway.collectGarbage();
      bytes += gateway.heapBytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    fleet.close();
    gateways.forEach(Gateway::close);
  }
}
