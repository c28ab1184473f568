package herald.benchmarks.commands;

import herald.benchmarks.harm.Harm;
import herald.benchmarks.harm.HarmKind;
import herald.benchmarks.harm.HarmTrial;
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
import java.util.ArrayList;
import java.util.List;
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
        "Has one user do harm to all others, in each of several ways, and prints the others' p50,"
            + " p99 and losses without and with it, in one run. Besides, a control is measured:"
            + " what the harm costs the machine where the gateway is not concerned, which is the"
            + " same rows rolled back, or the same connections to a server that only reads. They"
            + " are measured in turn, the other way round in every second round, and the medians of"
            + " the rounds are compared. Before the first round the harm is done once for nothing."
            + " The status is 0 if each harm was done, nobody else lost an event or the connection,"
            + " and p50 and p99 were longer by no more than the tolerance; else it is 1.",
    footerHeading = "%nThe harms, as fast as they can be done up to these rates:%n",
    footer = {
      "  blasts-to-nobody   700 blasts a second of a user without followers",
      "  blast-flood        2 transactions a second of 1,000 such blasts each",
      "  blasts-to-all      10 blasts a second to all who are measured",
      "  wide-blasts        12 blasts a minute to many with permissions, for 5 s at least",
      "  replays            60 connections a second with after=, soon closed",
      "  large-events       2 events of 4 MB a second to one that does not read",
      "  slow-reader        20 events a second to one that reads 64 bytes of each",
      "  large-headers      200 handshakes a second with too many headers"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class HarmCommand implements Callable<Integer> {
  private static final int WINDOW = 128;
  private static final int WRITERS = 2;
  private static final int GROUP_SIZE = 20;
  private static final int HARMING_USERS = 2;
  private static final int SETTLE_SECONDS = 2;
  private static final int LONGEST_AFTERMATH_SECONDS = 120;

  @Mixin private final Console console = new Console();
  @Mixin private final LoadOptions load = new LoadOptions(1_000, 100).seconds(10);
  @Mixin private final DatabaseChoice database = new DatabaseChoice();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--harms",
      paramLabel = "HARM",
      split = ",",
      description = "Which: ${COMPLETION-CANDIDATES}.")
  private List<HarmKind> harms = List.of(HarmKind.values());

  @Option(
      names = "--rounds",
      paramLabel = "NUMBER",
      description = "Measurements without and with each harm.")
  private int rounds = 3;

  @Option(
      names = "--audience",
      paramLabel = "NUMBER",
      description = "Followers whom wide-blasts concern.")
  private int audience = 1_000_000;

  @Option(
      names = "--tolerance",
      paramLabel = "PERCENT",
      description = "By how much p50 and p99 of the others may be longer with a harm.")
  private double tolerancePercent = 10;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    EventWriters.Settings writing =
        new EventWriters.Settings(
            Mix.parse("chats=90,groups=10"), load.rate(), 1, WRITERS, load.eventBytes());
    try (Setting setting = database.open(console::say)) {
      Population measured = Population.create(setting.database(), load.connections(), GROUP_SIZE);
      Population harming = Population.create(setting.database(), HARMING_USERS, HARMING_USERS);
      try {
        if (harms.contains(HarmKind.WIDE_BLASTS)) {
          console.say("making " + audience + " followers who are not connected");
          harming.addFollowers(audience);
          harming.permitFollowees();
        }
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
    List<String> verdicts = new ArrayList<>();
    for (HarmKind kind : harms) {
      HarmTrial trial = new HarmTrial(kind);
      console.say("warming up for " + kind);
      withHarm(new HarmTrial(kind), kind, setting, measured, harming, gateway, run);
      for (int round = 1; round <= rounds; round++) {
        String place = kind + ", round " + round + " of " + rounds;
        trial.round(
            () -> {
              console.say("without " + place);
              return run.measure(load.seconds());
            },
            () -> {
              console.say("control of " + place);
              return control(kind, setting, measured, harming, run);
            },
            () -> {
              console.say("with " + place);
              return withHarm(trial, kind, setting, measured, harming, gateway, run);
            });
      }
      trial.lines().forEach(console::say);
      table.add(trial.row(tolerancePercent));
      trial.broken(tolerancePercent).forEach(what -> verdicts.add(kind + ": " + what));
    }
    console.say("");
    console.say(table.text());
    verdicts.forEach(console::say);
    table.write(report.directory(), "harm");
    return verdicts.isEmpty() ? 0 : 1;
  }

  private LoadResult control(
      HarmKind kind, Setting setting, Population measured, Population harming, LoadRun run)
      throws IOException, SQLException, InterruptedException {
    try (Harm harm = Harm.startWithoutGateway(kind, setting.database(), measured, harming)) {
      TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
      long before = harm.done();
      LoadResult result = run.measure(load.seconds());
      console.say("without the gateway it was done " + (harm.done() - before) + " times");
      return result;
    }
  }

  private LoadResult withHarm(
      HarmTrial trial,
      HarmKind kind,
      Setting setting,
      Population measured,
      Population harming,
      Gateway gateway,
      LoadRun run)
      throws IOException, SQLException, InterruptedException {
    LoadResult result;
    try (Harm harm = Harm.start(kind, gateway.port(), setting.database(), measured, harming)) {
      TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
      long before = harm.done();
      result = run.measure(load.seconds());
      trial.wasDone(harm.done() - before);
      console.say(kind + " was done " + harm.done() + " times, and tried in vain " + harm.failed());
    }
    awaitAftermath(gateway);
    return result;
  }

  /** What a flood of blasts has left is not to count for what is measured next. */
  private static void awaitAftermath(Gateway gateway) throws IOException, InterruptedException {
    for (int second = 0; second < LONGEST_AFTERMATH_SECONDS; second++) {
      TimeUnit.SECONDS.sleep(1);
      if (gateway.scrape().sum("herald_feed_behind_blasts") == 0) {
        return;
      }
    }
  }
}
