package herald.benchmarks.commands;

import herald.benchmarks.growth.GrowthLine;
import herald.benchmarks.growth.GrowthLines;
import herald.benchmarks.growth.Instances;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.GrowthReport;
import herald.benchmarks.servers.Gateway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench grow}: how costs grow with what there is more of. */
@Command(
    name = "grow",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Measures what an event and a connection cost as connections, events per second, the"
            + " audience of a blast, the event log and instances grow, one after the other, and"
            + " draws a line of each. Fails if a cost grows faster than linearly.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class GrowCommand implements Callable<Integer> {
  private static final List<String> PARTS =
      List.of("connections", "rates", "audience", "log", "instances");
  private static final int MOST_PER_GATEWAY = 19_000;
  private static final int EVENT_BYTES = 330;
  private static final int LOG_EVENT_BYTES = 4_096;

  /** Each blast is read beside the others, which takes its time with a million followers. */
  private static final int BLASTS_PER_SECOND = 1;

  private static final int MOST_LOG_EVENTS_PER_SECOND = 4_000;

  @Mixin private final Console console = new Console();

  @Mixin
  private final MeasurementOptions measurement =
      new MeasurementOptions(1_000).warmUpSeconds(10).seconds(5);

  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--only",
      paramLabel = "NAMES",
      split = ",",
      description = "What grows, of connections, rates, audience, log and instances.")
  private List<String> only = PARTS;

  @Option(
      names = "--rate",
      paramLabel = "NUMBER",
      description = "Events per second where something else grows.")
  private int rate = 100;

  @Mixin private final GrowingAmounts amounts = new GrowingAmounts();

  private final GrowthLines lines = new GrowthLines();

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    if (!PARTS.containsAll(only)) {
      throw new IllegalArgumentException(
          "--only names " + String.join(", ", only) + " (expected: some of " + PARTS + ")");
    }
    amounts.check();
    try (Setting setting = Setting.embedded(console::say)) {
      for (String part : only) {
        grow(part, setting);
      }
    }
    GrowthReport finished = new GrowthReport(console.command(), lines.lines());
    console.say("");
    console.say(finished.text());
    finished.write(report.directory());
    console.say("written: growth.json, growth.html and charts in " + report.directory());
    return lines.lines().stream().anyMatch(GrowthLine::isFasterThanLinear) ? 1 : 0;
  }

  private void grow(String part, Setting setting)
      throws IOException, SQLException, InterruptedException {
    switch (part) {
      case "connections" -> growConnections(setting);
      case "rates" -> growRates(setting, people(setting));
      case "audience" -> growAudience(setting);
      case "log" -> growLog(setting, people(setting));
      default -> growInstances(setting, people(setting));
    }
  }

  private Population people(Setting setting) throws SQLException {
    return Population.create(setting.database(), measurement.connections(), 2);
  }

  private void growConnections(Setting setting)
      throws IOException, SQLException, InterruptedException {
    for (int count : amounts.connections()) {
      console.say(count + " connections");
      Population people = Population.create(setting.database(), count, 2);
      List<Gateway> gateways =
          start(setting, (count + MOST_PER_GATEWAY - 1) / MOST_PER_GATEWAY, List.of());
      double heapBefore = Instances.heapBytes(gateways);
      try (Instances running = connect(setting, people, gateways, count)) {
        double heap = Instances.heapBytes(gateways) - heapBefore;
        double idle = warmIdle(running);
        add(
            "connections",
            count,
            running.events(Mix.CHATS, rate, EVENT_BYTES, seconds()),
            idle / rate);
        lines.addPerOne("connections", count, "heap per connection", "KB", heap / 1_024 / count);
        lines.addPerOne("connections", count, "idle CPU per connection", "us/s", idle / count);
      }
    }
  }

  private void growRates(Setting setting, Population people)
      throws IOException, SQLException, InterruptedException {
    List<Gateway> gateways = start(setting, 1, List.of());
    try (Instances running = connect(setting, people, gateways, measurement.connections())) {
      double idle = warmIdle(running);
      for (int each : amounts.rates()) {
        console.say(each + " events/s");
        Instances.Cost cost = running.events(Mix.CHATS, each, EVENT_BYTES, seconds());
        lines.addPerOne(
            "events/s", each, "gateway CPU per event", "us", cost.micros() - idle / each);
        lines.addPerOne("events/s", each, "PostgreSQL CPU per event", "us", cost.databaseMicros());
        lines.add("events/s", each, "commit to frame, p99", "ms", cost.p99Millis());
      }
    }
  }

  private void growLog(Setting setting, Population people)
      throws IOException, SQLException, InterruptedException {
    for (int mebibytes : amounts.logMebibytes()) {
      console.say(mebibytes + " MiB of events");
      List<Gateway> gateways = start(setting, 1, List.of("--log-size=" + 2 * mebibytes + "m"));
      try (Instances running = connect(setting, people, gateways, measurement.connections())) {
        double idle = warmIdle(running);
        double heapBefore = Instances.heapBytes(gateways);
        int events = mebibytes * (1_048_576 / LOG_EVENT_BYTES);
        int fillSeconds = Math.max(1, events / MOST_LOG_EVENTS_PER_SECOND);
        running.events(Mix.CHATS, events / fillSeconds, LOG_EVENT_BYTES, fillSeconds);
        double heap = Instances.heapBytes(gateways) - heapBefore;
        add(
            "MiB of log",
            mebibytes,
            running.events(Mix.CHATS, rate, EVENT_BYTES, seconds()),
            idle / rate);
        lines.addPerOne(
            "MiB of log", mebibytes, "heap per MiB", "MiB", heap / 1_048_576 / mebibytes);
      }
    }
  }

  private void growInstances(Setting setting, Population people)
      throws IOException, SQLException, InterruptedException {
    for (int count : amounts.instances()) {
      console.say(count + " instances");
      List<Gateway> gateways = start(setting, count, List.of());
      try (Instances running = connect(setting, people, gateways, measurement.connections())) {
        double idle = warmIdle(running);
        add(
            "instances",
            count,
            running.events(Mix.CHATS, rate, EVENT_BYTES, seconds()),
            idle / rate);
      }
    }
  }

  private void growAudience(Setting setting)
      throws IOException, SQLException, InterruptedException {
    for (int followers : amounts.audience()) {
      console.say("a blast to " + followers);
      int connected = Math.min(followers, measurement.connections());
      Population people = Population.create(setting.database(), connected, connected);
      people.addFollowersUpTo(followers, console::say);
      List<Gateway> gateways = start(setting, 1, List.of());
      try (Instances running = connect(setting, people, gateways, connected)) {
        double idle = warmIdle(running);
        Instances.Cost cost = running.events(Mix.BLASTS, BLASTS_PER_SECOND, EVENT_BYTES, seconds());
        add("audience", followers, cost, idle / BLASTS_PER_SECOND);
        lines.add("audience", followers, "gateway idle CPU", "us/s", idle);
      }
    }
  }

  private int seconds() {
    return measurement.seconds();
  }

  private double warmIdle(Instances running)
      throws IOException, SQLException, InterruptedException {
    running.warmUp(rate, measurement.warmUpSeconds());
    return running.idleMicrosPerSecond(seconds());
  }

  /**
   * Adds a point to each line of what grows.
   *
   * @param idleMicros what the gateways use in the time of one event when nothing is committed
   */
  private void add(String grows, double amount, Instances.Cost cost, double idleMicros) {
    lines.add(grows, amount, "gateway CPU per event", "us", cost.micros() - idleMicros);
    lines.add(grows, amount, "PostgreSQL CPU per event", "us", cost.databaseMicros());
    lines.add(grows, amount, "commit to frame, p50", "ms", cost.p50Millis());
    lines.add(grows, amount, "commit to frame, p99", "ms", cost.p99Millis());
  }

  private List<Gateway> start(Setting setting, int count, List<String> more)
      throws IOException, InterruptedException {
    List<Gateway> gateways = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      gateways.add(setting.startGateway(gatewayOptions.with(more), line -> {}));
    }
    return gateways;
  }

  private Instances connect(Setting setting, Population people, List<Gateway> gateways, int count)
      throws IOException, InterruptedException {
    return Instances.connect(setting.database(), people, gateways, count, console::say);
  }
}
