package herald.benchmarks.commands;

import herald.benchmarks.compare.Comparison;
import herald.benchmarks.compare.Contender;
import herald.benchmarks.load.Population;
import herald.benchmarks.load.RowWriter;
import herald.benchmarks.report.CompareReport;
import herald.benchmarks.servers.BareServer;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.Nchan;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  @Mixin private final Console console = new Console();
  @Mixin private final LoadOptions load = new LoadOptions(10_000, 5).warmUpSeconds(15).seconds(10);

  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(names = "--rounds", paramLabel = "NUMBER", description = "Measurements of each server.")
  private int rounds = 5;

  @Option(
      names = "--before",
      paramLabel = "FILE",
      description =
          "The launcher of another version, bin/herald of its distribution. It takes part too, on a"
              + " database of its own.")
  private @Nullable Path before;

  @Override
  public Integer call() throws Exception {
    Comparison.Settings settings =
        new Comparison.Settings(
            load.connections(), rounds, load.rate(), load.warmUpSeconds(), load.seconds());
    try (Herald herald = startHerald("Herald", gatewayOptions);
        Herald earlier =
            before == null
                ? null
                : startHerald("Herald before", gatewayOptions.withLauncher(before));
        BareServer bare = BareServer.loop();
        Nchan nchan = nchanIfInstalled();
        Comparison comparison = new Comparison(settings, console::say)) {
      Population people = herald.people();
      comparison.add(Contender.bareLoop(bare, people, load.eventBytes()), people.seed());
      comparison.add(herald.contender(), people.seed());
      if (earlier != null) {
        comparison.add(earlier.contender(), earlier.people().seed());
      }
      if (nchan != null) {
        comparison.add(Contender.nchan(nchan, people, load.eventBytes()), people.seed());
      }
      report(comparison);
    }
    return 0;
  }

  /** A gateway with a database of its own, so that nobody else's messages reach it. */
  private record Herald(Setting setting, RowWriter writer, Population people, Contender contender)
      implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      writer.close();
      setting.close();
    }
  }

  private Herald startHerald(String name, GatewayOptions options) throws Exception {
    Setting setting = Setting.embedded(console::say);
    Population people =
        Population.create(setting.database(), load.connections(), load.connections());
    Gateway gateway = setting.startGateway(options, line -> {});
    RowWriter writer = new RowWriter(setting.database().getConnection(), people);
    return new Herald(
        setting, writer, people, Contender.herald(name, gateway, writer, load.eventBytes()));
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
            "Server CPU per delivery: %d bytes to %,d connections",
            load.eventBytes(), load.connections());
    CompareReport finished = new CompareReport(console.command(), title, comparison.run());
    console.say("");
    console.say(finished.text());
    finished.write(report.directory());
    console.say("written: compare.json, compare.html and compare.svg in " + report.directory());
  }
}
