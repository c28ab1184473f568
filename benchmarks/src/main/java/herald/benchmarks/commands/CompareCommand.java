package herald.benchmarks.commands;

import herald.benchmarks.compare.Comparison;
import herald.benchmarks.compare.Contender;
import herald.benchmarks.load.Population;
import herald.benchmarks.load.RowWriter;
import herald.benchmarks.report.CompareReport;
import herald.benchmarks.servers.BareServer;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.Nchan;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald-bench compare}: Herald next to the limit and to Nchan. */
@Command(
    name = "compare",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Sends the same messages to the same number of connections through a bare Netty loop (the"
            + " limit), Herald and Nchan in nginx, in turn, and prints what a delivery costs the"
            + " server.",
    footer = {"", "Nchan takes part where it is installed: " + Nchan.HOW_TO_INSTALL})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CompareCommand implements Callable<Integer> {
  private Console console;

  @Spec
  void spec(CommandSpec spec) {
    console = new Console(spec);
  }

  @Mixin private GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private ReportOption report = new ReportOption();

  @Option(
      names = "--connections",
      paramLabel = "NUMBER",
      defaultValue = "10000",
      description = "Clients of each server.%n  Default: ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--event-bytes",
      paramLabel = "NUMBER",
      defaultValue = "330",
      description = "Bytes of a message.%n  Default: ${DEFAULT-VALUE}")
  private int eventBytes;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      defaultValue = "5",
      description = "Messages to all per second.%n  Default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--rounds",
      paramLabel = "NUMBER",
      defaultValue = "5",
      description = "Measurements of each server.%n  Default: ${DEFAULT-VALUE}")
  private int rounds;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description =
          "Seconds of load for each server before the first.%n  Default: ${DEFAULT-VALUE}")
  private int warmUpSeconds;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Seconds of one measurement.%n  Default: ${DEFAULT-VALUE}")
  private int seconds;

  @Override
  public Integer call() throws Exception {
    Comparison.Settings settings =
        new Comparison.Settings(connections, rounds, rate, warmUpSeconds, seconds);
    try (Setting setting = Setting.embedded(console::say);
        BareServer bare = BareServer.loop();
        Nchan nchan = nchanIfInstalled();
        Comparison comparison = new Comparison(settings, console::say)) {
      Population people = Population.create(setting.database(), connections, connections);
      Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
      try (RowWriter writer = new RowWriter(setting.database().getConnection(), people)) {
        comparison.add(Contender.bareLoop(bare, people, eventBytes), people.seed());
        comparison.add(Contender.herald(gateway, writer, eventBytes), people.seed());
        if (nchan != null) {
          comparison.add(Contender.nchan(nchan, people, eventBytes), people.seed());
        }
        report(comparison);
      }
    }
    return 0;
  }

  private @Nullable Nchan nchanIfInstalled() throws Exception {
    if (Nchan.isInstalled()) {
      return Nchan.start();
    }
    console.say("Nchan is not installed and does not take part: " + Nchan.HOW_TO_INSTALL);
    return null;
  }

  private void report(Comparison comparison) throws Exception {
    String title =
        String.format(
            "Server CPU per delivery: %d bytes to %,d connections", eventBytes, connections);
    CompareReport finished = new CompareReport(console.command(), title, comparison.run());
    console.say("");
    console.say(finished.text());
    finished.write(report.directory());
    console.say("written: compare.json, compare.html and compare.svg in " + report.directory());
  }
}
