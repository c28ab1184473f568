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
import picocli.CommandLine.Option;

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

  @Mixin private final Console console = new Console();

  @Mixin
  private final LoadOptions load = new LoadOptions(1_000, 20).eventBytes(4_096).warmUpSeconds(30);

  @Mixin private final DatabaseChoice database = new DatabaseChoice();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();

  @Option(names = "--stalled", paramLabel = "NUMBER", description = "Clients that stop.")
  private int stalled = 10;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    EventWriters.Settings writing =
        new EventWriters.Settings(
            Mix.parse("blasts=1"), load.rate(), 1, WRITERS, load.eventBytes());
    try (Setting setting = database.open(console::say)) {
      Population people = Population.create(setting.database(), load.connections(), 20);
      try {
        Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
        try (Fleet fleet = fleet(gateway, people, load.connections());
            Fleet others = fleet(gateway, people, stalled);
            EventWriters writers = new EventWriters(setting.database(), people, writing)) {
          load(fleet, writers, gateway).warmUp(load.warmUpSeconds());
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
    return load(fleet, writers, gateway).measure(load.seconds());
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
