package herald.benchmarks.start;

import herald.benchmarks.compare.Spread;
import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.OtherWork;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts gateways in rounds, every other one in reverse order, on a database that is up. Clients
 * connect as soon as one is ready, and the load begins when they have. The clients and the writers
 * are the same processes throughout, so that only what starts is cold.
 */
public final class StartTrial {
  private final Settings settings;
  private final String databaseUrl;
  private final @Nullable Load load;
  private final Consumer<String> progress;
  private final Map<Starter, List<Measured>> measured = new LinkedHashMap<>();

  /**
   * How to measure.
   *
   * @param seconds of the measurement that begins when all clients are connected, and of the warm
   *     one
   * @param warmUpSeconds of load between the two; 0 if there is no warm one
   * @param busyProcesses each of which keeps a processor busy meanwhile, the start included
   */
  public record Settings(int rounds, int seconds, int warmUpSeconds, int busyProcesses) {}

  /** Who sends, and who receives. */
  public record Load(Fleet fleet, EventWriters writers) {}

  /**
   * @param load null if only the time to ready is measured
   * @param progress told a line now and then
   */
  public StartTrial(
      Settings settings,
      List<Starter> starters,
      String databaseUrl,
      @Nullable Load load,
      Consumer<String> progress) {
    this.settings = settings;
    this.databaseUrl = databaseUrl;
    this.load = load;
    this.progress = progress;
    starters.forEach(starter -> measured.put(starter, new ArrayList<>()));
  }

  /** Measures all rounds, behind one start of each that does not count. */
  public void run() throws IOException, SQLException, InterruptedException {
    List<Starter> order = new ArrayList<>(measured.keySet());
    for (Starter starter : order) {
      progress.accept("not counted: " + line(starter, measure(starter)));
    }
    try (OtherWork work = OtherWork.start(settings.busyProcesses())) {
      progress.accept(work.processes() + " other processes keep a processor busy each");
      for (int round = 1; round <= settings.rounds(); round++) {
        for (Starter starter : order) {
          Measured one = measure(starter);
          results(starter).add(one);
          progress.accept("round " + round + ": " + line(starter, one));
        }
        Collections.reverse(order);
      }
    }
  }

  private List<Measured> results(Starter starter) {
    return measured.getOrDefault(starter, List.of());
  }

  private Measured measure(Starter starter) throws IOException, SQLException, InterruptedException {
    try (Gateway gateway = starter.launch(databaseUrl)) {
      long readyNanos = gateway.awaitReady();
      long readyCpuNanos = gateway.figures().cpuNanos();
      if (load == null) {
        return new Measured(readyNanos, readyCpuNanos, null, null, null);
      }
      Fleet.Connected connected = load.fleet().connectTo(gateway.port());
      try {
        if (connected.failed() > 0) {
          throw new IOException(connected.failed() + " clients could not connect");
        }
        LoadRun run =
            new LoadRun(load.fleet(), load.writers(), List.of(gateway.figures()), line -> {});
        LoadResult first = run.measure(settings.seconds());
        LoadResult warm = null;
        if (settings.warmUpSeconds() > 0) {
          run.warmUp(settings.warmUpSeconds());
          warm = run.measure(settings.seconds());
        }
        return new Measured(readyNanos, readyCpuNanos, connected, first, warm);
      } finally {
        load.fleet().disconnect();
      }
    }
  }

  private static String line(Starter starter, Measured one) {
    StringBuilder line = new StringBuilder(starter.name());
    one.figures()
        .forEach(
            (name, value) -> line.append(String.format(Locale.ROOT, ", %s %.2f", name, value)));
    return line.toString();
  }

  /** Whether an event was lost, or has come twice. */
  public boolean isAnyIncomplete() {
    return measured.values().stream().flatMap(List::stream).anyMatch(Measured::isIncomplete);
  }

  /** A row for each of those that were started: medians, with the least and the most. */
  public List<Map<String, Object>> rows() {
    List<Map<String, Object>> rows = new ArrayList<>();
    measured.forEach(
        (starter, all) -> {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("", starter.name());
          for (String name : all.get(0).figures().keySet()) {
            row.put(name, text(Spread.of(values(all, name))));
          }
          rows.add(row);
        });
    return rows;
  }

  private static List<Double> values(List<Measured> all, String name) {
    return all.stream().map(one -> one.figures().getOrDefault(name, 0.0)).toList();
  }

  private static String text(Spread spread) {
    return String.format(
        Locale.ROOT, "%.2f (%.2f to %.2f)", spread.middle(), spread.least(), spread.most());
  }
}
