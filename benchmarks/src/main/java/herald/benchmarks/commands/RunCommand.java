package herald.benchmarks.commands;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.load.Population;
import herald.benchmarks.report.LoadReport;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.ProcessFigures;
import herald.gateway.config.HostPort;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald-bench run}: load, and how long events take from commit to frame. */
@Command(
    name = "run",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description =
        "Connects authenticated clients, commits rpc logs at a given rate, and measures from the"
            + " planned moment of each commit to the frame at each client.",
    footer = {
      "",
      "For example, all on this machine:",
      "  herald-bench run --embedded --connections 10000 --rate 1000 --mix chats=1"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class RunCommand implements Callable<Integer> {
  @Mixin private final Console console = new Console();
  @Mixin private final LoadOptions load = new LoadOptions(1_000, 100);

  @Mixin private final DatabaseChoice database = new DatabaseChoice();
  @Mixin private final GatewayOptions gatewayOptions = new GatewayOptions();
  @Mixin private final ReportOption report = new ReportOption();

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      description = "A gateway that is running; may be repeated. Left out: gateways are started.")
  private List<String> gateways = new ArrayList<>();

  @Option(names = "--gateways", paramLabel = "NUMBER", description = "How many gateways to start.")
  private int startedGateways = 1;

  @Option(
      names = "--mix",
      paramLabel = "MIX",
      description = "Shares of messages in chats of two, in groups, and of blasts to everybody.")
  private String mix = "chats=90,groups=10";

  @Option(
      names = "--audience",
      paramLabel = "NUMBER",
      description =
          "Followers to whom a blast is sent, if they are to be more than the connections; the"
              + " others are never connected.")
  private int audience = 0;

  @Option(
      names = "--permissions",
      description = "Let all followers have set whom they permit to write to them.")
  private boolean permissions;

  @Option(names = "--group-size", paramLabel = "NUMBER", description = "Members of a group.")
  private int groupSize = 20;

  @Option(
      names = "--rows-per-commit",
      paramLabel = "NUMBER",
      description = "Rpc logs in one transaction.")
  private int rowsPerCommit = 1;

  @Option(names = "--writers", paramLabel = "NUMBER", description = "Connections that commit.")
  private int writers = 4;

  @Option(
      names = "--connect-window",
      paramLabel = "NUMBER",
      description = "Handshakes under way at once, per process.")
  private int window = 128;

  @Option(
      names = "--connect-rate",
      paramLabel = "NUMBER",
      description = "Handshakes per second; 0 for as many as go.")
  private int connectRate = 0;

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    if (load.connections() < 2 || groupSize < 2) {
      throw new IllegalArgumentException(
          "there are "
              + load.connections()
              + " connections in groups of "
              + groupSize
              + " (expected: 2 or more of each)");
    }
    EventWriters.Settings writing =
        new EventWriters.Settings(
            Mix.parse(mix), load.rate(), rowsPerCommit, writers, load.eventBytes());
    try (Setting setting = database.open(console::say)) {
      console.say("making " + load.connections() + " users and their chats");
      Population people =
          Population.create(
              setting.database(), load.connections(), Math.min(groupSize, load.connections()));
      try {
        addAudience(people);
        LoadResult result = run(setting, people, writing);
        LoadReport finished = new LoadReport(console.command(), result);
        console.say("");
        console.say(finished.text());
        finished.write(report.directory(), "run");
        console.say(
            "written: "
                + report.directory().resolve("run.json")
                + " and "
                + report.directory().resolve("run.html"));
        return result.isComplete() ? 0 : 1;
      } finally {
        people.remove();
      }
    }
  }

  private void addAudience(Population people) throws SQLException {
    people.addFollowersUpTo(audience, console::say);
    if (permissions) {
      people.permitFollowees();
    }
  }

  private LoadResult run(Setting setting, Population people, EventWriters.Settings writing)
      throws IOException, SQLException, InterruptedException {
    List<Integer> ports = new ArrayList<>();
    String host = "127.0.0.1";
    for (String gateway : gateways) {
      HostPort given = HostPort.parse(gateway);
      host = given.host();
      ports.add(given.port());
    }
    for (int i = 0; gateways.isEmpty() && i < startedGateways; i++) {
      console.say("starting gateway " + (i + 1) + " of " + startedGateways);
      ports.add(setting.startGateway(gatewayOptions, line -> {}).port());
    }
    console.say("signing for " + load.connections() + " clients");
    Fleet.Settings fleetSettings =
        new Fleet.Settings(host, ports, 0, load.connections(), "", window, connectRate);
    try (Fleet fleet = Fleet.start(fleetSettings, people.seed(), console::say);
        EventWriters eventWriters = new EventWriters(setting.database(), people, writing)) {
      Fleet.Connected connected = fleet.connect();
      console.say(
          String.format(
              Locale.ROOT,
              "%d connected, %d failed, %.1f s, %.0f per second",
              connected.connections(),
              connected.failed(),
              connected.nanos() / 1e9,
              connected.perSecond()));
      List<Gateway> gateways = setting.gateways();
      List<ProcessFigures> servers = gateways.stream().map(Gateway::figures).toList();
      LoadRun run = new LoadRun(fleet, eventWriters, servers, console::say).readingHeapOf(gateways);
      run.warmUp(load.warmUpSeconds());
      return run.measure(load.seconds());
    }
  }
}
