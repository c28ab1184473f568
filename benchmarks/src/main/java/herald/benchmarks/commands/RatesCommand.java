package herald.benchmarks.commands;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.TableReport;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald-bench rates}: what an event to one receiver costs, at several rates. */
@Command(
    name = "rates",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Sends messages in chats of two, one receiver each, at several rates, and says what each"
            + " costs the gateway beyond what the idle connections cost.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RatesCommand implements Callable<Integer> {
  private static final int WINDOW = 128;
  private static final int EVENT_BYTES = 330;
  private static final int WRITERS = 2;
  private static final int WARM_UP_RATE = 1_000;

  private Console console;
  @Mixin private GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private ReportOption report = new ReportOption();

  @Option(
      names = "--connections",
      paramLabel = "NUMBER",
      defaultValue = "10000",
      description = "Clients.%n  Default: ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--rates",
      paramLabel = "NUMBERS",
      split = ",",
      defaultValue = "10,100,1000,10000",
      description = "Events per second.%n  Default: ${DEFAULT-VALUE}")
  private int[] rates;

  @Option(
      names = "--rows-per-commit",
      paramLabel = "NUMBERS",
      split = ",",
      defaultValue = "1,1,1,10",
      description = "Rpc logs in one transaction, for each rate.%n  Default: ${DEFAULT-VALUE}")
  private int[] rowsPerCommit;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "Seconds of load before measuring.%n  Default: ${DEFAULT-VALUE}")
  private int warmUpSeconds;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Seconds of each measurement.%n  Default: ${DEFAULT-VALUE}")
  private int seconds;

  @Spec
  void spec(CommandSpec spec) {
    console = new Console(spec);
  }

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    TableReport table = new TableReport(console.command(), "Events to one receiver");
    try (Setting setting = Setting.embedded(console::say)) {
      Population people = Population.create(setting.database(), connections, 2);
      Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
      Fleet.Settings clients = Fleet.Settings.local(gateway.port(), 0, connections, WINDOW);
      try (Fleet fleet = Fleet.start(clients, people.seed(), console::say)) {
        fleet.connect();
        warmUp(setting, people, fleet);
        double idleMicrosPerSecond = idle(gateway);
        for (int i = 0; i < rates.length; i++) {
          LoadResult result = measure(setting, people, fleet, rates[i], rowsPerCommit[i]);
          table.add(row(rates[i], rowsPerCommit[i], result, idleMicrosPerSecond));
        }
      }
    }
    console.say(table.text());
    table.write(report.directory(), "rates");
    return 0;
  }

  private void warmUp(Setting setting, Population people, Fleet fleet)
      throws IOException, SQLException, InterruptedException {
    try (EventWriters writers = writers(setting, people, WARM_UP_RATE, 1)) {
      new LoadRun(fleet, writers, List.of(), console::say).warmUp(warmUpSeconds);
    }
  }

  private double idle(Gateway gateway) throws InterruptedException {
    // Pings that the warm-up has left to be sent have gone by then.
    TimeUnit.SECONDS.sleep(10);
    long cpu = gateway.figures().cpuNanos();
    TimeUnit.SECONDS.sleep(seconds);
    double microsPerSecond = (gateway.figures().cpuNanos() - cpu) / 1e3 / seconds;
    console.say(String.format("idle: %.2f %% of a core", microsPerSecond / 1e4));
    return microsPerSecond;
  }

  private LoadResult measure(
      Setting setting, Population people, Fleet fleet, int rate, int rowsPerCommit)
      throws IOException, SQLException, InterruptedException {
    console.say(rate + " events/s, " + rowsPerCommit + " in a transaction");
    try (EventWriters writers = writers(setting, people, rate, rowsPerCommit)) {
      return new LoadRun(fleet, writers, setting.gateways(), console::say)
          .withoutHeap()
          .measure(seconds);
    }
  }

  private static EventWriters writers(
      Setting setting, Population people, int rate, int rowsPerCommit) throws SQLException {
    return new EventWriters(
        setting.database(),
        people,
        new EventWriters.Settings(Mix.CHATS, rate, rowsPerCommit, WRITERS, EVENT_BYTES));
  }

  private static Map<String, Object> row(
      int rate, int rowsPerCommit, LoadResult result, double idleMicrosPerSecond) {
    double measuredSeconds = result.measuredNanos() / 1e9;
    double idleMicros = idleMicrosPerSecond * measuredSeconds / Math.max(1, result.committed());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("events/s asked", rate);
    row.put("rows per commit", rowsPerCommit);
    row.put("events", result.committed());
    row.put("delivered", result.delivered());
    row.put("us CPU per event", result.cpuMicrosPerEvent() - idleMicros);
    row.put("with idle", result.cpuMicrosPerEvent());
    row.put("p50 ms", result.millis(50));
    row.put("p99 ms", result.millis(99));
    return row;
  }
}
