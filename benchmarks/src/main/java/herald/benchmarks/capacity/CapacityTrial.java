package herald.benchmarks.capacity;

import herald.benchmarks.clients.Tick;
import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.servers.CpuTimes;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.HdrHistogram.Histogram;

/** Puts one load after the other on one instance with connections, and makes a row of each. */
public final class CapacityTrial {
  private static final int WRITERS = 2;
  private static final int EVENT_BYTES = 330;

  /** How fast the rows of an outage are committed; nobody reads them meanwhile. */
  private static final int ROWS_PER_SECOND_OF_OUTAGE = 5_000;

  private static final int ROWS_PER_COMMIT_OF_OUTAGE = 10;
  private static final long LONGEST_ARRIVAL_NANOS = TimeUnit.MINUTES.toNanos(3);

  private final DataSource database;
  private final Population people;
  private final Gateway gateway;
  private final Fleet fleet;
  private final GatewaySessions sessions;

  /**
   * @param people whose users are connected
   * @param gateway on this machine
   */
  public CapacityTrial(DataSource database, Population people, Gateway gateway, Fleet fleet) {
    this.database = database;
    this.people = people;
    this.gateway = gateway;
    this.fleet = fleet;
    sessions = new GatewaySessions(database);
  }

  /** What was spent until now, to be subtracted from what will have been spent later. */
  private record Spent(long atNanos, long cpuNanos, CpuTimes sessionTimes) {}

  private record Arrived(long events, Histogram latency, long lastNanos) {}

  private Spent spent() throws SQLException {
    return new Spent(System.nanoTime(), gateway.figures().cpuNanos(), sessions.cpuTimes());
  }

  /** The connections alone, with their pings. */
  public Map<String, Object> idle(int seconds)
      throws IOException, SQLException, InterruptedException {
    Spent before = spent();
    TimeUnit.SECONDS.sleep(seconds);
    Arrived nothing = new Arrived(0, Tick.emptyHistogram(), System.nanoTime());
    return row("connections alone", before, 0, 0, nothing);
  }

  /** Messages in chats of two. */
  public Map<String, Object> events(int perSecond, int seconds)
      throws IOException, SQLException, InterruptedException {
    return write(
        perSecond + " messages a second",
        new EventWriters.Settings(Mix.CHATS, perSecond, 1, WRITERS, EVENT_BYTES),
        TimeUnit.SECONDS.toNanos(seconds));
  }

  /** One blast to all followers of the artist, of whom some are connected. */
  public Map<String, Object> blast() throws IOException, SQLException, InterruptedException {
    return blast("");
  }

  /** The same once all of them have set whom they permit to write to them. */
  public Map<String, Object> blastToThosePermitting()
      throws IOException, SQLException, InterruptedException {
    people.permitFollowees();
    return blast(", all with permissions");
  }

  private Map<String, Object> blast(String to)
      throws IOException, SQLException, InterruptedException {
    return write(
        "one blast to " + people.followers() + to,
        new EventWriters.Settings(Mix.BLASTS, 1, 1, 1, EVENT_BYTES),
        TimeUnit.SECONDS.toNanos(1));
  }

  private Map<String, Object> write(String load, EventWriters.Settings settings, long nanos)
      throws IOException, SQLException, InterruptedException {
    try (EventWriters writers = new EventWriters(database, people, settings)) {
      Spent before = spent();
      long startNanos = before.atNanos();
      fleet.measureFrom(startNanos);
      fleet.take();
      writers.write(startNanos, nanos);
      Arrived arrived = awaitArrival(writers.expected());
      return row(load, before, writers.committed(), writers.expected(), arrived);
    }
  }

  /**
   * The messages that were committed while the instance could not reach the database; measured from
   * the end of that.
   */
  public Map<String, Object> catchUp(int messages)
      throws IOException, SQLException, InterruptedException {
    EventWriters.Settings settings =
        new EventWriters.Settings(
            Mix.CHATS, ROWS_PER_SECOND_OF_OUTAGE, ROWS_PER_COMMIT_OF_OUTAGE, WRITERS, EVENT_BYTES);
    try (EventWriters writers = new EventWriters(database, people, settings)) {
      long nanos = messages * TimeUnit.SECONDS.toNanos(1) / ROWS_PER_SECOND_OF_OUTAGE;
      Spent before;
      fleet.take();
      double caughtUpBefore = caughtUp();
      GatewaySessions.Outage outage = sessions.cut();
      try (outage) {
        writers.write(System.nanoTime(), nanos);
        before = new Spent(System.nanoTime(), gateway.figures().cpuNanos(), new CpuTimes(Map.of()));
      }
      Arrived arrived = awaitArrival(writers.expected());
      if (caughtUp() - caughtUpBefore < messages) {
        throw new IOException("the outage was none: messages arrived without a catch-up");
      }
      // From plan to arrival would be how long they were made to wait.
      Arrived late = new Arrived(arrived.events(), Tick.emptyHistogram(), arrived.lastNanos());
      return row(
          "catch-up of " + messages + " messages",
          before,
          writers.committed(),
          writers.expected(),
          late);
    }
  }

  private double caughtUp() throws IOException, InterruptedException {
    return gateway.scrape().sum("herald_feed_catchup_rows_total");
  }

  private Arrived awaitArrival(long expected) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + LONGEST_ARRIVAL_NANOS;
    Histogram latency = Tick.emptyHistogram();
    long events = 0;
    while (events < expected && System.nanoTime() < deadlineNanos) {
      TimeUnit.MILLISECONDS.sleep(100);
      Fleet.Seen seen = fleet.take();
      events += seen.events();
      latency.add(seen.latency());
    }
    return new Arrived(events, latency, System.nanoTime());
  }

  private Map<String, Object> row(
      String load, Spent before, long committed, long expected, Arrived arrived)
      throws IOException, SQLException, InterruptedException {
    double nanos = arrived.lastNanos() - before.atNanos();
    double cpuNanos = gateway.figures().cpuNanos() - before.cpuNanos();
    double sessionNanos = sessions.cpuTimes().since(before.sessionTimes());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("load", load);
    row.put("connections", fleet.open());
    row.put("rpc logs", committed);
    row.put("deliveries", arrived.events());
    row.put("lost", expected - arrived.events());
    row.put("seconds", nanos / 1e9);
    boolean isTimed = arrived.latency().getTotalCount() > 0;
    row.put("p50 ms", isTimed ? arrived.latency().getValueAtPercentile(50) / 1e6 : "");
    row.put("p99 ms", isTimed ? arrived.latency().getValueAtPercentile(99) / 1e6 : "");
    row.put("CPU s", cpuNanos / 1e9);
    row.put("CPU % of a core", 100 * cpuNanos / nanos);
    row.put("database CPU s", sessionNanos / 1e9);
    row.put("database % of a core", 100 * sessionNanos / nanos);
    gateway.collectGarbage();
    row.put("heap MiB", gateway.heapBytes() / 1048576.0);
    row.put("RSS MiB", gateway.figures().residentBytes() / 1048576.0);
    return row;
  }
}
