package herald.benchmarks.commands;

import herald.benchmarks.feeds.CatchUpTrial;
import herald.benchmarks.feeds.FedInstances;
import herald.benchmarks.feeds.FeedKind;
import herald.benchmarks.feeds.FeedServers;
import herald.benchmarks.feeds.FeedTrial;
import herald.benchmarks.report.TableReport;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench feeds}: what instances cost the database, by how events reach them. */
@Command(
    name = "feeds",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Compares three ways by which events reach instances, with ever more instances, in the same"
          + " rounds: notifications of the database, a stream of NATS JetStream that relays fill"
          + " from notifications, and one that relays fill from the write-ahead log. Each has a"
          + " PostgreSQL and an engine of its own; all of them run throughout, and one at a time"
          + " has something to do. Fails if an event is lost or comes twice.",
      "",
      "CPU times are for one event at the paced rate, idle work included; that of PostgreSQL is"
          + " that of all its processes, the commit included. From the planned moment of a commit"
          + " to the frame it is measured at the clients of whole instances. Commits per second are"
          + " those of as many writers as commit most, without pacing, while all that is measured"
          + " shares the processors. What is spent in a second without an event is in columns of"
          + " its own.",
      ""
    },
    footer = {"", FeedsCommand.LIGHT})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class FeedsCommand implements Callable<Integer> {
  static final String LIGHT =
      "Instances beyond --full-instances are light: all in one process, without clients, they hear"
          + " of events as an instance does and count them. With notifications each has two"
          + " connections as an instance has, listens over one, and runs the instance's statement"
          + " for the rows that it has heard of over the other; it sends no probes and no"
          + " positions. With a stream each has one connection, reads with the instance's reader,"
          + " and acknowledges nothing, as an instance does.";

  private static final String PACE =
      "The stream of the catch-up was filled by publishing messages of the relay's codec as fast as"
          + " the engine took them, each event in a message of its own; a relay has one message"
          + " under way, and is slower.";

  @Mixin private final Console console = new Console();

  @Mixin private final LoadOptions load = new LoadOptions(60, 100).warmUpSeconds(10).seconds(10);

  @Mixin private final FeedSizes sizes = new FeedSizes();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final NatsOption natsOption = new NatsOption();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--catch-up",
      description =
          "Also measure how long an instance takes that starts with the past of a stream to read.")
  private boolean catchesUp;

  @Option(
      names = "--catch-up-events",
      paramLabel = "NUMBER",
      description = "Events of that past: 10 minutes of 1,000 a second.")
  private int catchUpEvents = 600_000;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    sizes.check();
    FeedSizes.requirePositive("--catch-up-events", catchUpEvents);
    load.requireRate();
    boolean needsStream = catchesUp || sizes.feeds().stream().anyMatch(FeedKind::hasStream);
    Path nats = needsStream ? natsOption.program(console::say).orElse(null) : null;
    boolean isComplete = compare(nats);
    if (catchesUp && nats != null) {
      isComplete &= catchUp(nats);
    }
    return isComplete ? 0 : 1;
  }

  /** Whether every event has come once. */
  private boolean compare(@Nullable Path nats)
      throws IOException, SQLException, InterruptedException {
    try (OwnSettings own = new OwnSettings(console::say)) {
      List<FedInstances> fed = new ArrayList<>();
      for (FeedKind kind : sizes.feeds()) {
        if (nats != null || !kind.hasStream()) {
          fed.add(start(kind, own, nats));
        }
      }
      FeedTrial trial = new FeedTrial(sizes.trial(load), fed, console::say);
      trial.run();
      report("Feeds", "feeds", trial.rows(), LIGHT);
      return !trial.isAnyIncomplete();
    }
  }

  private FedInstances start(FeedKind kind, OwnSettings own, @Nullable Path nats)
      throws IOException, SQLException, InterruptedException {
    Setting setting = own.open(sizes.serverSettings(kind));
    return FedInstances.start(
        kind,
        sizes.instances(load),
        servers(setting, nats),
        setting.database(),
        setting.databaseUrl());
  }

  private FeedServers servers(Setting setting, @Nullable Path nats) {
    FeedServers servers =
        new FeedServers(
            new FeedServers.Programs(gatewayOptions.launcher(), gatewayOptions.options(), nats),
            setting.databaseUrl());
    setting.endWith(servers);
    return servers;
  }

  /** Whether each instance has read all of the past. */
  private boolean catchUp(Path nats) throws IOException, SQLException, InterruptedException {
    try (Setting setting = Setting.embedded(console::say)) {
      CatchUpTrial trial =
          new CatchUpTrial(servers(setting, nats), catchUpEvents, sizes.rounds(), console::say);
      trial.run();
      report("Catch-up of a fresh instance", "feeds-catch-up", trial.rows(), PACE);
      return !trial.isAnyIncomplete();
    }
  }

  private void report(String title, String name, List<Map<String, Object>> rows, String note)
      throws IOException {
    TableReport table = new TableReport(console.command(), title);
    rows.forEach(table::add);
    table.note(note);
    console.say("");
    console.say(table.text());
    table.write(report.directory(), name);
    console.say("written: " + name + ".json and " + name + ".html in " + report.directory());
  }
}
