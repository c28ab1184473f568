package herald.benchmarks.commands;

import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.TableReport;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench connect}: authenticated connects. */
@Command(
    name = "connect",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Connects many authenticated clients to a gateway of its own, as fast as it lets them in,"
            + " several times; says how many per second and what each costs the gateway.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ConnectCommand implements Callable<Integer> {
  private static final int SETTLE_SECONDS = 3;

  @Mixin private final Console console = new Console();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(names = "--connections", paramLabel = "NUMBER", description = "Clients.")
  private int connections = 10_000;

  @Option(names = "--rounds", paramLabel = "NUMBER", description = "How often all connect.")
  private int rounds = 5;

  @Option(names = "--window", paramLabel = "NUMBER", description = "Handshakes under way at once.")
  private int window = 128;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    TableReport table = new TableReport(console.command(), "Authenticated connects");
    try (Setting setting = Setting.embedded(console::say)) {
      Population people = Population.create(setting.database(), connections, 2);
      Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
      for (int round = 1; round <= rounds; round++) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("round", round);
        row.putAll(round(gateway, people));
        table.add(row);
        console.say(row.toString());
      }
    }
    console.say(table.text());
    table.write(report.directory(), "connect");
    return 0;
  }

  private Map<String, Object> round(Gateway gateway, Population people)
      throws IOException, InterruptedException {
    Fleet.Settings clients = Fleet.Settings.local(gateway.port(), 0, connections, window);
    try (Fleet fleet = Fleet.start(clients, people.seed(), console::say)) {
      double recovering = gateway.scrape().sum("herald_recovery_time_seconds_sum");
      long cpu = gateway.figures().cpuNanos();
      Fleet.Connected connected = fleet.connect();
      TimeUnit.SECONDS.sleep(1);
      double cpuMicros = (gateway.figures().cpuNanos() - cpu) / 1e3 / connections;
      double recoveringMicros =
          (gateway.scrape().sum("herald_recovery_time_seconds_sum") - recovering)
              * 1e6
              / connections;
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("connected", connected.connections());
      figures.put("failed", connected.failed());
      figures.put("per second", connected.perSecond());
      figures.put("us CPU per connect", cpuMicros);
      figures.put("us in recovery (wall)", recoveringMicros);
      return figures;
    } finally {
      TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    }
  }
}
