package herald.benchmarks.commands;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald-bench stall}: what clients that stop reading cost the others. */
@Command(
    name = "stall",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Measures the delivery of blasts while all clients read, and while some of them have"
            + " stopped reading, until these are let go and after, in one run. Those that stop are"
            + " second connections of users whose first goes on.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class StallCommand implements Callable<Integer> {
  private static final int WINDOW = 128;
  private static final int WRITERS = 2;

  private Console console;
  @Mixin private DatabaseChoice database = new DatabaseChoice();
  @Mixin private GatewayOptions gatewayOptions = new GatewayOptions();

  @Option(
      names = "--connections",
      paramLabel = "NUMBER",
      defaultValue = "1000",
      description = "Clients that go on reading.%n  Default: ${DEFAULT-VALUE}")
  private int connections;

  @Option(
      names = "--stalled",
      paramLabel = "NUMBER",
      defaultValue = "10",
      description = "Clients that stop.%n  Default: ${DEFAULT-VALUE}")
  private int stalled;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      defaultValue = "20",
      description = "Blasts to all per second.%n  Default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--event-bytes",
      paramLabel = "NUMBER",
      defaultValue = "4096",
      description =
          "Bytes of a blast: what a socket holds fills up in seconds.%n  Default: ${DEFAULT-VALUE}")
  private int eventBytes;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Seconds of load before measuring.%n  Default: ${DEFAULT-VALUE}")
  private int warmUpSeconds;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "Seconds that are measured, each time.%n  Default: ${DEFAULT-VALUE}")
  private int seconds;

  @Spec
  void spec(CommandSpec spec) {
    console = new Console(spec);
  }

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    EventWriters.Settings writing =
        new EventWriters.Settings(Mix.parse("blasts=1"), rate, 1, WRITERS, eventBytes);
    try (Setting setting = database.open(console::say)) {
      Population people = Population.create(setting.database(), connections, 20);
      try {
        Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
        try (Fleet fleet = fleet(gateway, people, connections);
            Fleet others = fleet(gateway, people, stalled);
            EventWriters writers = new EventWriters(setting.database(), people, writing)) {
          load(fleet, writers, gateway).warmUp(warmUpSeconds);
          LoadResult before = measure("all read", fleet, writers, gateway);
          others.stall();
          LoadResult during = measure(stalled + " have stopped", fleet, writers, gateway);
          console.say("");
          console.say(text("all read", before));
          console.say(text(stalled + " have stopped", during));
          console.say(
              String.format(
                  Locale.ROOT,
                  "p99 %.2f times as long; let go for reading too slowly: %.0f",
                  during.millis(99) / before.millis(99),
                  gateway.scrape().sum("herald_evictions_total")));
          return before.isComplete() && during.isComplete() ? 0 : 1;
        }
      } finally {
        people.remove();
      }
    }
  }

  private Fleet fleet(Gateway gateway, Population people, int size)
      throws IOException, InterruptedException {
    Fleet.Settings settings = Fleet.Settings.local(gateway.port(), 0, size, WINDOW);
    Fleet fleet = Fleet.start(settings, people.seed(), console::say);
    fleet.connect();
    return fleet;
  }

  private LoadResult measure(String name, Fleet fleet, EventWriters writers, Gateway gateway)
      throws IOException, SQLException, InterruptedException {
    console.say(name);
    return load(fleet, writers, gateway).measure(seconds);
  }

  private LoadRun load(Fleet fleet, EventWriters writers, Gateway gateway) {
    return new LoadRun(fleet, writers, List.of(gateway.figures()), console::say);
  }

  private static String text(String name, LoadResult result) {
    return String.format(
        Locale.ROOT,
        "%s: %d of %d delivered to those who read; plan to frame p50 %.2f ms, p99 %.2f ms, p99.9"
            + " %.2f ms; %.2f us of CPU per delivery",
        name,
        result.delivered(),
        result.expected(),
        result.millis(50),
        result.millis(99),
        result.millis(99.9),
        result.gatewayCpuNanos() / 1e3 / Math.max(1, result.delivered()));
  }
}
