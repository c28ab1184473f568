package herald.benchmarks.commands;

import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.TableReport;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench idle}: what a connection costs that has nothing to do. */
@Command(
    name = "idle",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Opens more and more connections to a gateway of its own and says what each costs in"
            + " memory, and all together in CPU time, pings included.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class IdleCommand implements Callable<Integer> {
  private static final int WINDOW = 64;
  private static final int SETTLE_SECONDS = 3;
  private static final int PASSERS_BY = 6_000;

  @Mixin private final Console console = new Console();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--connections",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Connections at which memory is read, ascending.")
  private int[] steps = {1000, 7000, 13000, 19000};

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "Seconds in which CPU time is read at the end.")
  private int seconds = 60;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    TableReport table = new TableReport(console.command(), "Idle connections");
    List<Fleet> fleets = new ArrayList<>();
    try (Setting setting = Setting.embedded(console::say)) {
      int most = steps[steps.length - 1];
      Population people = Population.create(setting.database(), most + PASSERS_BY, 2);
      Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
      passBy(gateway, people, most);
      try {
        measure(gateway, people, fleets, table);
      } finally {
        fleets.forEach(Fleet::close);
      }
    }
    console.say(table.text());
    table.write(report.directory(), "idle");
    return 0;
  }

  /**
   * Clients, users of their own, that come and go before anything is read: the memory in which
   * handshakes are done is then there from the beginning and not taken for that of connections.
   */
  private void passBy(Gateway gateway, Population people, int first)
      throws IOException, InterruptedException {
    Fleet.Settings settings = Fleet.Settings.local(gateway.port(), first, PASSERS_BY, WINDOW);
    try (Fleet fleet = Fleet.start(settings, people.seed(), console::say)) {
      fleet.connect();
    }
  }

  private void measure(Gateway gateway, Population people, List<Fleet> fleets, TableReport table)
      throws IOException, InterruptedException {
    int open = 0;
    long[] first = {0, 0};
    for (int step : steps) {
      Fleet.Settings more = Fleet.Settings.local(gateway.port(), open, step - open, WINDOW);
      Fleet fleet = Fleet.start(more, people.seed(), console::say);
      fleets.add(fleet);
      if (fleet.connect().failed() > 0) {
        throw new IOException("not all clients could connect");
      }
      open = step;
      long[] memory = memory(gateway);
      if (step == steps[0]) {
        first = memory;
      }
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("connections", open);
      row.put("RSS MiB", memory[0] / 1048576.0);
      row.put("heap MiB", memory[1] / 1048576.0);
      row.put("RSS KB per connection", perConnection(memory[0] - first[0], open - steps[0]));
      row.put("heap KB per connection", perConnection(memory[1] - first[1], open - steps[0]));
      row.put("CPU % of a core", open == steps[steps.length - 1] ? cpuPercent(gateway) : "");
      table.add(row);
      console.say(row.toString());
    }
  }

  private static double perConnection(long bytes, int connections) {
    return connections == 0 ? 0 : bytes / 1024.0 / connections;
  }

  private static long[] memory(Gateway gateway) throws IOException, InterruptedException {
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    gateway.collectGarbage();
    TimeUnit.SECONDS.sleep(1);
    gateway.collectGarbage();
    long heap = gateway.heapBytes();
    return new long[] {gateway.figures().residentBytes(), heap};
  }

  private double cpuPercent(Gateway gateway) throws InterruptedException {
    long cpu = gateway.figures().cpuNanos();
    TimeUnit.SECONDS.sleep(seconds);
    return (gateway.figures().cpuNanos() - cpu) / 1e7 / seconds;
  }
}
