package herald.benchmarks.commands;

import herald.benchmarks.capacity.CapacityTrial;
import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.TableReport;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench capacity}: the table that a planner reckons with. */
@Command(
    name = "capacity",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Puts the loads on one instance that decide how large it has to be, one after the other:"
            + " connections alone, messages at several rates, a blast to a large audience, and the"
            + " catch-up after an outage of the database. Says of each what it costs the gateway in"
            + " memory and CPU time, and in its sessions at the database. The status is 1 if"
            + " anything was lost.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CapacityCommand implements Callable<Integer> {
  private static final int WINDOW = 128;
  private static final int WARM_UP_RATE = 1_000;
  private static final int SECONDS_PER_HOUR = 3_600;

  @Mixin private final Console console = new Console();

  @Mixin
  private final MeasurementOptions measurement = new MeasurementOptions(10_000).warmUpSeconds(20);

  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--rates",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Messages per second, one receiver each.")
  private int[] rates = {10, 100, 1000};

  @Option(
      names = "--audience",
      paramLabel = "NUMBER",
      description = "Followers to whom a blast is sent; those who are measured are among them.")
  private int audience = 1_000_000;

  @Option(
      names = "--outage-rates",
      paramLabel = "NUMBERS",
      split = ",",
      description = "Messages per second that are committed in an outage of an hour.")
  private int[] outageRates = {1, 10};

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    TableReport table = new TableReport(console.command(), "Capacity of one instance");
    boolean isComplete;
    try (Setting setting = Setting.embedded(console::say)) {
      Population people = Population.create(setting.database(), measurement.connections(), 2);
      people.addFollowersUpTo(audience, console::say);
      Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
      Fleet.Settings clients =
          Fleet.Settings.local(gateway.port(), 0, measurement.connections(), WINDOW);
      try (Fleet fleet = Fleet.start(clients, people.seed(), console::say)) {
        fleet.connectAll("the gateway", console::say);
        warmUp(setting, people, gateway, fleet);
        isComplete = measure(new CapacityTrial(setting.database(), people, gateway, fleet), table);
      }
    }
    console.say("");
    console.say(table.text());
    table.write(report.directory(), "capacity");
    return isComplete ? 0 : 1;
  }

  private void warmUp(Setting setting, Population people, Gateway gateway, Fleet fleet)
      throws IOException, SQLException, InterruptedException {
    EventWriters.Settings settings =
        new EventWriters.Settings(Mix.parse("chats=999,blasts=1"), WARM_UP_RATE, 1, 2, 330);
    try (EventWriters writers = new EventWriters(setting.database(), people, settings)) {
      new LoadRun(fleet, writers, List.of(gateway.figures()), console::say)
          .warmUp(measurement.warmUpSeconds());
    }
  }

  private boolean measure(CapacityTrial trial, TableReport table)
      throws IOException, SQLException, InterruptedException {
    boolean isComplete = add(table, trial.idle(measurement.seconds()));
    for (int rate : rates) {
      isComplete &= add(table, trial.events(rate, measurement.seconds()));
    }
    isComplete &= add(table, trial.blast());
    isComplete &= add(table, trial.blastToThosePermitting());
    for (int rate : outageRates) {
      isComplete &= add(table, trial.catchUp(rate * SECONDS_PER_HOUR));
    }
    return isComplete;
  }

  private boolean add(TableReport table, Map<String, Object> row) {
    table.add(row);
    console.say(row.toString());
    return Long.valueOf(0).equals(row.get("lost"));
  }
}
