package herald.benchmarks.commands;

import herald.benchmarks.report.TableReport;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench start}: from the launch of a gateway to its being ready. */
@Command(
    name = "start",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Starts a gateway several times on a database that is up, and says how long each start"
            + " takes until the gateway is ready.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class StartCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(names = "--rounds", paramLabel = "NUMBER", description = "How often to start.")
  private int rounds = 7;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    TableReport table = new TableReport(console.command(), "Start to ready");
    try (Setting setting = Setting.embedded(console::say)) {
      for (int round = 1; round <= rounds; round++) {
        try (Gateway gateway = setting.launchGateway(gatewayOptions)) {
          Map<String, Object> row = new LinkedHashMap<>();
          row.put("round", round);
          row.put("seconds to ready", gateway.awaitReady() / 1e9);
          row.put("seconds of CPU", gateway.figures().cpuNanos() / 1e9);
          table.add(row);
          console.say(row.toString());
        }
      }
    }
    table.write(report.directory(), "start");
    return 0;
  }
}
