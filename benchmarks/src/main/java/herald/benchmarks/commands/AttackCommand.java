package herald.benchmarks.commands;

import herald.benchmarks.attack.Attack;
import herald.benchmarks.attack.AttackSettings;
import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.Scrape;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench attack}: what an attack costs those who are connected. */
@Command(
    name = "attack",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Measures the delivery to honest clients without and with an attack, in one run: sockets"
            + " that say nothing, and handshakes whose signature nobody made. The gateway's limits"
            + " by address and its shedding of handshakes are off, so that all of it gets as far as"
            + " it can.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class AttackCommand implements Callable<Integer> {
  private static final int SETTLE_SECONDS = 12;

  @Mixin private final Console console = new Console();
  @Mixin private final LoadOptions load = new LoadOptions(1_000, 100);
  @Mixin private final DatabaseChoice database = new DatabaseChoice();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();

  @Option(
      names = "--silent",
      paramLabel = "NUMBER",
      description = "Sockets that say nothing, opened again and again.")
  private int silent = 10_000;

  @Option(
      names = "--bad-signatures",
      paramLabel = "NUMBER",
      description = "Bad signatures per second.")
  private int badSignatures = 5000;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    EventWriters.Settings writing =
        new EventWriters.Settings(
            Mix.parse("chats=90,groups=10"), load.rate(), 1, 2, load.eventBytes());
    try (Setting setting = database.open(console::say)) {
      Population people = Population.create(setting.database(), load.connections(), 20);
      try {
        Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
        Fleet.Settings honest = Fleet.Settings.local(gateway.port(), 0, load.connections(), 128);
        try (Fleet fleet = Fleet.start(honest, people.seed(), console::say);
            EventWriters writers = new EventWriters(setting.database(), people, writing)) {
          fleet.connect();
          load(fleet, writers, gateway).warmUp(load.warmUpSeconds());
          Phase calm = measure("without the attack", fleet, writers, gateway);
          Phase attacked = attack(fleet, writers, gateway);
          console.say("");
          console.say(calm.text());
          console.say(attacked.text());
          return calm.result().isComplete() && attacked.result().isComplete() ? 0 : 1;
        }
      } finally {
        people.remove();
      }
    }
  }

  private Phase attack(Fleet fleet, EventWriters writers, Gateway gateway)
      throws IOException, SQLException, InterruptedException {
    AttackSettings settings = new AttackSettings(gateway.port(), silent, badSignatures);
    try (Attack attack = Attack.start(settings)) {
      TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
      Attack.Seen before = attack.latest();
      long begin = System.nanoTime();
      Phase phase = measure("with the attack", fleet, writers, gateway);
      Attack.Seen after = attack.latest();
      double stretch = (System.nanoTime() - begin) / 1e9;
      console.say(
          String.format(
              Locale.ROOT,
              "the attack: %d sockets silent, %.0f bad signatures per second, %.0f answered, %.0f"
                  + " without an answer",
              after.silent(),
              (after.begun() - before.begun()) / stretch,
              (after.answered() - before.answered()) / stretch,
              (after.failed() - before.failed()) / stretch));
      return phase;
    }
  }

  /**
   * One of the two measurements.
   *
   * @param lateShare the share of an event loop's samples that came more than 10 ms late
   */
  private record Phase(
      String name, LoadResult result, double lateShare, double refused, double recovered) {
    String text() {
      return String.format(
          Locale.ROOT,
          "%s: %d of %d delivered, %d lost; plan to frame p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms;"
              + " gateway %.0f %% CPU; loops more than 10 ms late: %.2f %% of samples; %.0f"
              + " recoveries and %.0f refusals per second",
          name,
          result.delivered(),
          result.expected(),
          result.lost(),
          result.millis(50),
          result.millis(99),
          result.millis(99.9),
          100.0 * result.gatewayCpuNanos() / result.measuredNanos(),
          100 * lateShare,
          recovered,
          refused);
    }
  }

  private LoadRun load(Fleet fleet, EventWriters writers, Gateway gateway) {
    return new LoadRun(fleet, writers, List.of(gateway.figures()), console::say)
        .readingHeapOf(List.of(gateway));
  }

  private Phase measure(String name, Fleet fleet, EventWriters writers, Gateway gateway)
      throws IOException, SQLException, InterruptedException {
    console.say(name);
    Scrape before = gateway.scrape();
    LoadResult result = load(fleet, writers, gateway).measure(load.seconds());
    Scrape after = gateway.scrape();
    double stretch = result.measuredNanos() / 1e9;
    double samples = more(before, after, "herald_loop_lag_seconds_count", "");
    double inTime = more(before, after, "herald_loop_lag_seconds_bucket", "le=\"0.01\"");
    double recovered = more(before, after, "herald_recovery_time_seconds_count", "");
    double ended = more(before, after, "herald_handshakes_total", "");
    double upgraded = more(before, after, "herald_handshakes_total", "upgraded");
    return new Phase(
        name,
        result,
        samples == 0 ? 0 : 1 - inTime / samples,
        (ended - upgraded) / stretch,
        recovered / stretch);
  }

  private static double more(Scrape before, Scrape after, String name, String label) {
    return after.sum(name, label) - before.sum(name, label);
  }
}
