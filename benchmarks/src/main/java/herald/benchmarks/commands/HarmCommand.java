package herald.benchmarks.commands;

import herald.benchmarks.harm.Harm;
import herald.benchmarks.harm.HarmKind;
import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.TableReport;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench harm}: what one user can do to the others. */
@Command(
    name = "harm",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Has one user do harm, in each of several ways, and measures the delivery to all others"
            + " without and with it, in one run. The status is 0 if nobody else lost an event or"
            + " the connection.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class HarmCommand implements Callable<Integer> {
  private static final int WINDOW = 128;
  private static final int WRITERS = 2;
  private static final int GROUP_SIZE = 20;
  private static final int HARMING_USERS = 2;
  private static final int SETTLE_SECONDS = 2;
  private static final int LONGEST_AFTERMATH_SECONDS = 120;

  @Mixin private final Console console = new Console();
  @Mixin private final LoadOptions load = new LoadOptions(1_000, 100);
  @Mixin private final DatabaseChoice database = new DatabaseChoice();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--harms",
      paramLabel = "HARM",
      split = ",",
      description = "Which: ${COMPLETION-CANDIDATES}.")
  private List<HarmKind> harms = List.of(HarmKind.values());

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    EventWriters.Settings writing =
        new EventWriters.Settings(
            Mix.parse("chats=90,groups=10"), load.rate(), 1, WRITERS, load.eventBytes());
    try (Setting setting = database.open(console::say)) {
      Population measured = Population.create(setting.database(), load.connections(), GROUP_SIZE);
      Population harming = Population.create(setting.database(), HARMING_USERS, HARMING_USERS);
      try {
        Gateway gateway = setting.startGateway(gatewayOptions, line -> {});
        Fleet.Settings clients =
            Fleet.Settings.local(gateway.port(), 0, load.connections(), WINDOW);
        try (Fleet fleet = Fleet.start(clients, measured.seed(), console::say);
            EventWriters writers = new EventWriters(setting.database(), measured, writing)) {
          fleet.connect();
          LoadRun run = new LoadRun(fleet, writers, List.of(gateway.figures()), console::say);
          run.warmUp(load.warmUpSeconds());
          return measureAll(setting, measured, harming, gateway, run);
        }
      } finally {
        harming.remove();
        measured.remove();
      }
    }
  }

  private int measureAll(
      Setting setting, Population measured, Population harming, Gateway gateway, LoadRun run)
      throws IOException, SQLException, InterruptedException {
    TableReport table = new TableReport(console.command(), "What one user can do to the others");
    boolean isComplete = true;
    for (HarmKind kind : harms) {
      console.say("without " + kind);
      LoadResult without = run.measure(load.seconds());
      console.say("with " + kind);
      LoadResult with;
      long done;
      try (Harm harm = Harm.start(kind, gateway.port(), setting.database(), measured, harming)) {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        long before = harm.done();
        with = run.measure(load.seconds());
        done = harm.done() - before;
        console.say(text(kind, harm, without, with));
      }
      table.add(row(kind, done, without, with));
      isComplete &= without.isComplete() && with.isComplete();
      awaitAftermath(gateway);
    }
    console.say("");
    console.say(table.text());
    table.write(report.directory(), "harm");
    return isComplete ? 0 : 1;
  }

  /** What a flood of blasts has left is not to count for the next harm. */
  private static void awaitAftermath(Gateway gateway) throws IOException, InterruptedException {
    for (int second = 0; second < LONGEST_AFTERMATH_SECONDS; second++) {
      TimeUnit.SECONDS.sleep(1);
      if (gateway.scrape().sum("herald_feed_behind_blasts") == 0) {
        return;
      }
    }
  }

  private static String text(HarmKind kind, Harm harm, LoadResult without, LoadResult with) {
    return String.format(
        Locale.ROOT,
        "%s, %d times (%d in vain): p50 %.2f ms without and %.2f ms with it, p99 %.2f ms and %.2f"
            + " ms; events lost %d and %d, connections %d and %d",
        kind,
        harm.done(),
        harm.failed(),
        without.millis(50),
        with.millis(50),
        without.millis(99),
        with.millis(99),
        without.expected() - without.delivered(),
        with.expected() - with.delivered(),
        without.lost(),
        with.lost());
  }

  private static Map<String, Object> row(
      HarmKind kind, long done, LoadResult without, LoadResult with) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("harm", kind.toString());
    row.put("times", done);
    row.put("p50 ms", without.millis(50));
    row.put("with it", with.millis(50));
    row.put("p99 ms", without.millis(99));
    row.put("with it ", with.millis(99));
    row.put("p99 ratio", with.millis(99) / without.millis(99));
    row.put("lost", without.expected() - without.delivered() + without.lost());
    row.put("lost with it", with.expected() - with.delivered() + with.lost());
    return row;
  }
}
