package herald.benchmarks.commands;

import herald.benchmarks.compare.RateComparison;
import herald.benchmarks.compare.RateContender;
import herald.benchmarks.compare.RateStep;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.RatesReport;
import herald.benchmarks.servers.Centrifugo;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
            + " costs the server beyond what the idle connections cost, and how long it takes. In"
            + " the same rounds: the least that the two drivers and Netty take (notified, fetched"
            + " by key, written), Herald, and Centrifugo with an outbox. Each has a database of its"
            + " own.",
    footer = {"", "Centrifugo takes part where it is installed: " + Centrifugo.HOW_TO_INSTALL})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RatesCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();

  @Mixin
  private final MeasurementOptions measurement =
      new MeasurementOptions(10_000).warmUpSeconds(20).seconds(8);

  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final CentrifugoOption centrifugoOption = new CentrifugoOption();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--before",
      paramLabel = "FILE",
      description =
          "The launcher of another version, bin/herald of its distribution. It takes part too.")
  private @Nullable Path before;

  @Option(
      names = "--rounds",
      paramLabel = "NUMBER",
      description = "Measurements of each server at each rate.")
  private int rounds = 5;

  @Option(
      names = "--step-warm-up",
      paramLabel = "SECONDS",
      description =
          "Seconds of load at each rate before it is measured, besides --warm-up, which is at"
              + " 1,000 events a second.")
  private int stepWarmUpSeconds = 6;

  @Option(
      names = "--rates",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Events per second.")
  private int[] rates = {10, 100, 1000, 10000};

  @Option(
      names = "--rows-per-commit",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Rpc logs in one transaction, for each rate.")
  private int[] rowsPerCommit = {1, 1, 1, 10};

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    Optional<Path> centrifugo = centrifugoOption.program(console::say);
    RateComparison.Settings settings =
        new RateComparison.Settings(
            measurement.connections(),
            steps(),
            rounds,
            measurement.warmUpSeconds(),
            stepWarmUpSeconds,
            measurement.seconds());
    try (OwnSettings own = new OwnSettings(console::say);
        RateComparison comparison = new RateComparison(settings, console::say)) {
      comparison.add(relay(own.open()));
      comparison.add(herald("Herald", own.open(), gatewayOptions));
      if (before != null) {
        comparison.add(herald("Herald before", own.open(), gatewayOptions.withLauncher(before)));
      }
      if (centrifugo.isPresent()) {
        comparison.add(centrifugo(own.open(), centrifugo.get()));
      }
      RatesReport finished = new RatesReport(console.command(), comparison.run());
      console.say("");
      console.say(finished.text());
      finished.write(report.directory());
      console.say("written: rates.json and rates.html in " + report.directory());
    }
    return 0;
  }

  private List<RateStep> steps() {
    if (rates.length != rowsPerCommit.length) {
      throw new IllegalArgumentException(
          "there are "
              + rates.length
              + " rates and "
              + rowsPerCommit.length
              + " numbers of rows (expected: --rows-per-commit has one for each of --rates)");
    }
    List<RateStep> steps = new ArrayList<>();
    for (int i = 0; i < rates.length; i++) {
      steps.add(new RateStep(rates[i], rowsPerCommit[i]));
    }
    return steps;
  }

  private Population people(Setting setting) throws SQLException {
    return Population.create(setting.database(), measurement.connections(), 2);
  }

  private RateContender relay(Setting setting) throws IOException, SQLException {
    Population people = people(setting);
    return RateContender.relay(setting.startRelay(), setting.database(), people);
  }

  private RateContender herald(String name, Setting setting, GatewayOptions options)
      throws IOException, SQLException, InterruptedException {
    Population people = people(setting);
    return RateContender.herald(
        name, setting.startGateway(options, line -> {}), setting.database(), people);
  }

  private RateContender centrifugo(Setting setting, Path program)
      throws IOException, SQLException, InterruptedException {
    Population people = people(setting);
    return RateContender.centrifugo(setting.startCentrifugo(program), setting.database(), people);
  }
}
