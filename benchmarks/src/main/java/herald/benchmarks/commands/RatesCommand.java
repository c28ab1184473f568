package herald.benchmarks.commands;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.TableReport;
import herald.benchmarks.servers.BareServer;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.ProcessFigures;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench rates}: what an event to one receiver costs, at several rates. */
@Command(
    name = "rates",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Sends messages in chats of two, one receiver each, at several rates, and says what each"
            + " costs the gateway beyond what the idle connections cost; and next to it what the"
            + " least costs that the two drivers and Netty take: notified, fetched by key,"
            + " written.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RatesCommand implements Callable<Integer> {
  private static final int WINDOW = 128;
  private static final int EVENT_BYTES = 330;
  private static final int WRITERS = 2;
  private static final int WARM_UP_RATE = 1_000;

  /** More events at once take other ways, which have to be warm too. */
  private static final int WARM_UP_SECONDS_OF_EACH_RATE = 6;

  @Mixin private final Console console = new Console();

  @Mixin
  private final MeasurementOptions measurement = new MeasurementOptions(10_000).warmUpSeconds(20);

  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--before",
      paramLabel = "FILE",
      description =
          "The launcher of another version, bin/herald of its distribution, to be measured before"
              + " this one in the same run.")
  private @Nullable Path before;

  @Option(
      names = "--rates",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Events per second, the highest last.")
  private int[] rates = {10, 100, 1000, 10000};

  @Option(
      names = "--rows-per-commit",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Rpc logs in one transaction, for each rate.")
  private int[] rowsPerCommit = {1, 1, 1, 10};

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    List<Figures> befores = List.of();
    List<Figures> heralds;
    List<Figures> limits;
    try (Setting setting = Setting.embedded(console::say)) {
      Population people = Population.create(setting.database(), measurement.connections(), 2);
      if (before != null) {
        try (Gateway gateway =
            setting.startGateway(gatewayOptions.withLauncher(before), line -> {})) {
          console.say("Herald before");
          befores = measureAll(setting, people, new Server(gateway.port(), "", gateway.figures()));
        }
      }
      try (Gateway gateway = setting.startGateway(gatewayOptions, line -> {})) {
        console.say("Herald");
        heralds = measureAll(setting, people, new Server(gateway.port(), "", gateway.figures()));
      }
      try (BareServer relay = BareServer.relay(setting.databaseUrl())) {
        console.say("the least that the two drivers and Netty take");
        limits = measureAll(setting, people, new Server(relay.port(), "/", relay.figures()));
      }
    }
    TableReport table = new TableReport(console.command(), "Events to one receiver");
    for (int i = 0; i < rates.length; i++) {
      Map<String, Object> row = row(rates[i], rowsPerCommit[i], heralds.get(i), limits.get(i));
      if (!befores.isEmpty()) {
        addBefore(row, heralds.get(i), befores.get(i));
      }
      table.add(row);
    }
    console.say(table.text());
    table.write(report.directory(), "rates");
    return 0;
  }

  /**
   * A server that is measured.
   *
   * @param path path of the upgrade; empty for one that each user signs
   */
  private record Server(int port, String path, ProcessFigures figures) {}

  /**
   * What one rate came to.
   *
   * @param idleMicrosPerSecond what the idle connections alone cost
   */
  private record Figures(LoadResult result, double idleMicrosPerSecond) {
    /** Per event, beyond what the idle connections cost. */
    double cpuMicros() {
      double idleMicros = idleMicrosPerSecond * result.measuredNanos() / 1e9;
      return result.cpuMicrosPerEvent() - idleMicros / Math.max(1, result.committed());
    }
  }

  private List<Figures> measureAll(Setting setting, Population people, Server server)
      throws IOException, SQLException, InterruptedException {
    Fleet.Settings clients =
        Fleet.Settings.local(server.port(), 0, measurement.connections(), WINDOW)
            .withPath(server.path());
    LoadResult[] results = new LoadResult[rates.length];
    double idleMicrosPerSecond;
    try (Fleet fleet = Fleet.start(clients, people.seed(), console::say)) {
      fleet.connect();
      warmUp(setting, people, server, fleet);
      // What costs least comes last, when compilers have nothing left to do.
      for (int i = rates.length - 1; i >= 0; i--) {
        console.say(rates[i] + " events/s, " + rowsPerCommit[i] + " in a transaction");
        results[i] = measure(setting, people, server, fleet, rates[i], rowsPerCommit[i]);
      }
      idleMicrosPerSecond = idle(server);
    }
    return Arrays.stream(results).map(result -> new Figures(result, idleMicrosPerSecond)).toList();
  }

  private void warmUp(Setting setting, Population people, Server server, Fleet fleet)
      throws IOException, SQLException, InterruptedException {
    try (EventWriters writers = writers(setting, people, WARM_UP_RATE, 1)) {
      load(fleet, writers, server).warmUp(measurement.warmUpSeconds());
    }
  }

  private double idle(Server server) throws InterruptedException {
    // Pings that the load has left to be sent have gone by then.
    TimeUnit.SECONDS.sleep(10);
    long cpu = server.figures().cpuNanos();
    TimeUnit.SECONDS.sleep(measurement.seconds());
    double microsPerSecond = (server.figures().cpuNanos() - cpu) / 1e3 / measurement.seconds();
    console.say(String.format("idle: %.2f %% of a core", microsPerSecond / 1e4));
    return microsPerSecond;
  }

  private LoadResult measure(
      Setting setting, Population people, Server server, Fleet fleet, int rate, int rowsPerCommit)
      throws IOException, SQLException, InterruptedException {
    try (EventWriters writers = writers(setting, people, rate, rowsPerCommit)) {
      LoadRun run = load(fleet, writers, server);
      run.warmUp(WARM_UP_SECONDS_OF_EACH_RATE);
      return run.measure(measurement.seconds());
    }
  }

  private LoadRun load(Fleet fleet, EventWriters writers, Server server) {
    return new LoadRun(fleet, writers, List.of(server.figures()), console::say);
  }

  private static EventWriters writers(
      Setting setting, Population people, int rate, int rowsPerCommit) throws SQLException {
    return new EventWriters(
        setting.database(),
        people,
        new EventWriters.Settings(Mix.CHATS, rate, rowsPerCommit, WRITERS, EVENT_BYTES));
  }

  private static void addBefore(Map<String, Object> row, Figures herald, Figures earlier) {
    row.put("before us", earlier.cpuMicros());
    row.put("times before", herald.cpuMicros() / earlier.cpuMicros());
    row.put("before p50 ms", earlier.result().millis(50));
    row.put("before p99 ms", earlier.result().millis(99));
  }

  private static Map<String, Object> row(
      int rate, int rowsPerCommit, Figures herald, Figures limit) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("events/s asked", rate);
    row.put("rows per commit", rowsPerCommit);
    row.put("events", herald.result().committed());
    row.put("delivered", herald.result().delivered());
    row.put("us CPU per event", herald.cpuMicros());
    row.put("with idle", herald.result().cpuMicrosPerEvent());
    row.put("p50 ms", herald.result().millis(50));
    row.put("p99 ms", herald.result().millis(99));
    row.put("least us", limit.cpuMicros());
    row.put("ratio", herald.cpuMicros() / limit.cpuMicros());
    row.put("least p50 ms", limit.result().millis(50));
    return row;
  }
}
