package herald.benchmarks.commands;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.TableReport;
import herald.benchmarks.start.StartTrial;
import herald.benchmarks.start.Starter;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench start}: from the launch of a gateway to its being ready, and warm. */
@Command(
    name = "start",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Starts a gateway several times on a database that is up, and says how long each start"
            + " takes until the gateway is ready. With --connections, clients connect as soon as it"
            + " is ready, and then events to one receiver each are committed: it says what they"
            + " cost, and how long they take, in the first seconds, and with --warm-up also later.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class StartCommand implements Callable<Integer> {
  private static final int WINDOW = 128;
  private static final int WRITERS = 2;
  private static final int EVENT_BYTES = 330;

  @Mixin private final Console console = new Console();

  @Mixin
  private final MeasurementOptions measurement =
      new MeasurementOptions(0).warmUpSeconds(0).seconds(10);

  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--before",
      paramLabel = "FILE",
      description =
          "The launcher of another version, bin/herald of its distribution. It takes part too; may"
              + " be repeated.")
  private List<Path> before = new ArrayList<>();

  @Option(
      names = "--java",
      paramLabel = "DIRECTORY",
      description =
          "The JAVA_HOME with which to start; may be repeated, and then each version is started"
              + " with each.")
  private Path @Nullable [] javaHomes;

  @Option(names = "--rounds", paramLabel = "NUMBER", description = "How often to start each.")
  private int rounds = 7;

  @Option(names = "--rate", paramLabel = "NUMBER", description = "Events per second.")
  private int rate = 1_000;

  @Option(
      names = "--busy",
      paramLabel = "NUMBER",
      description = "Processes that keep a processor busy each, all the time.")
  private int busyProcesses;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    try (Setting setting = Setting.embedded(console::say)) {
      if (measurement.connections() == 0) {
        return run(setting, null);
      }
      Population people = Population.create(setting.database(), measurement.connections(), 2);
      // The port is that of the gateway that is just running.
      Fleet.Settings clients = Fleet.Settings.local(0, 0, measurement.connections(), WINDOW);
      EventWriters.Settings writing =
          new EventWriters.Settings(Mix.CHATS, rate, 1, WRITERS, EVENT_BYTES);
      try (Fleet fleet = Fleet.start(clients, people.seed(), console::say);
          EventWriters writers = new EventWriters(setting.database(), people, writing)) {
        return run(setting, new StartTrial.Load(fleet, writers));
      }
    }
  }

  private int run(Setting setting, StartTrial.@Nullable Load load)
      throws IOException, SQLException, InterruptedException {
    StartTrial.Settings settings =
        new StartTrial.Settings(
            rounds, measurement.seconds(), measurement.warmUpSeconds(), busyProcesses);
    StartTrial trial =
        new StartTrial(settings, starters(), setting.databaseUrl(), load, console::say);
    trial.run();
    TableReport table = new TableReport(console.command(), "Start to ready");
    trial.rows().forEach(table::add);
    console.say("");
    console.say(table.text());
    table.write(report.directory(), "start");
    return trial.isAnyIncomplete() ? 1 : 0;
  }

  private List<Starter> starters() {
    List<Starter> starters = new ArrayList<>();
    for (Path javaHome : javaHomes == null ? new Path[] {null} : javaHomes) {
      String java = javaHome == null ? "" : ", " + javaHome.getFileName();
      add(starters, "Herald" + java, gatewayOptions, javaHome);
      for (Path other : before) {
        add(starters, other + java, gatewayOptions.withLauncher(other), javaHome);
      }
    }
    return starters;
  }

  private static void add(
      List<Starter> starters, String name, GatewayOptions options, @Nullable Path javaHome) {
    starters.add(new Starter(name, options.launcher(), javaHome, options.options()));
  }
}
