package herald.benchmarks.commands;

import herald.benchmarks.compare.Comparison;
import herald.benchmarks.compare.Contender;
import herald.benchmarks.load.Population;
import herald.benchmarks.load.RowWriter;
import herald.benchmarks.report.CompareReport;
import herald.benchmarks.servers.BareServer;
import herald.benchmarks.servers.Centrifugo;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.Nchan;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench compare}: Herald next to the limit, to Nchan and to Centrifugo. */
@Command(
    name = "compare",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Sends the same messages to the same number of connections through a bare Netty loop (the"
            + " limit), Herald, Nchan in nginx and Centrifugo with an outbox in PostgreSQL, in"
            + " turn, and prints what a delivery costs the server.",
    footer = {
      "",
      "Others take part where they are installed.",
      "Nchan: " + Nchan.HOW_TO_INSTALL,
      "Centrifugo: " + Centrifugo.HOW_TO_INSTALL
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CompareCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();
  @Mixin private final LoadOptions load = new LoadOptions(10_000, 5).warmUpSeconds(15).seconds(10);

  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final CentrifugoOption centrifugoOption = new CentrifugoOption();
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
    load.requireRate();
    Optional<Path> program = centrifugoOption.program(console::say);
    Comparison.Settings settings =
        new Comparison.Settings(
            load.connections(), rounds, load.rate(), load.warmUpSeconds(), load.seconds());
    try (OwnSettings own = new OwnSettings(console::say);
        BareServer bare = BareServer.loop();
        Nchan nchan = nchanIfInstalled();
        Comparison comparison = new Comparison(settings, console::say)) {
      Committed herald = herald("Herald", own.open(), gatewayOptions);
      Population people = herald.people();
      comparison.add(Contender.bareLoop(bare, people, load.eventBytes()), people.seed());
      comparison.add(herald.contender(), people.seed());
      if (before != null) {
        Committed earlier =
            herald("Herald before", own.open(), gatewayOptions.withLauncher(before));
        comparison.add(earlier.contender(), earlier.people().seed());
      }
      if (nchan != null) {
        comparison.add(Contender.nchan(nchan, people, load.eventBytes()), people.seed());
      }
      if (program.isPresent()) {
        Committed centrifugo = centrifugo(own.open(), program.get());
        comparison.add(centrifugo.contender(), centrifugo.people().seed());
      }
      report(comparison);
    }
    return 0;
  }

  /** A server whose messages are committed to a database of its own, to these people. */
  private record Committed(Contender contender, Population people) {}

  private Population people(Setting setting) throws SQLException {
    return Population.create(setting.database(), load.connections(), load.connections());
  }

  private Committed herald(String name, Setting setting, GatewayOptions options) throws Exception {
    Population people = people(setting);
    Gateway gateway = setting.startGateway(options, line -> {});
    RowWriter writer = new RowWriter(setting.database().getConnection(), people);
    return new Committed(Contender.herald(name, gateway, writer, load.eventBytes()), people);
  }

  private Committed centrifugo(Setting setting, Path program) throws Exception {
    Population people = people(setting);
    Centrifugo centrifugo = setting.startCentrifugo(program);
    RowWriter writer = new RowWriter(setting.database().getConnection(), people, true);
    return new Committed(Contender.centrifugo(centrifugo, writer, load.eventBytes()), people);
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
