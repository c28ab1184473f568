package herald.gateway.commands;

import herald.gateway.check.DatabaseCheck;
import herald.gateway.check.Finding;
import herald.gateway.check.Finding.Level;
import herald.gateway.config.Durations;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.config.WalSettings;
import herald.gateway.stream.StreamCheck;
import herald.gateway.wal.SlotCheck;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald check}: what a database has and lacks, line by line. */
@Command(
    name = "check",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = {
      "Says what a database has and what it lacks for Herald, with --source wal also its"
          + " write-ahead log, and with --feed what a stream has. Writes nothing into either.",
      "Exits with 0 if nothing has failed, 1 if something has, 2 if an option is wrong."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CheckCommand implements Callable<Integer> {
  private static final Duration LONGEST_TIMEOUT = Duration.ofHours(1);

  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // OptionSources reads the file
  private final ConfigFileOption file = new ConfigFileOption();

  @Mixin private DatabaseOptions database;
  @Mixin private StreamOptions stream;
  @Mixin private WalOptions wal;

  @Option(
      names = "--horizon",
      paramLabel = "TIME",
      description = "How long events are kept in memory, which the stream has to cover.")
  private Duration horizon = EventLogSettings.defaults().horizon();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "The longest time to check; then what is known by then is reported.")
  private Duration timeout = Duration.ofSeconds(15);

  @Override
  public Integer call() throws InterruptedException {
    WalSettings log = wal.settings();
    List<Finding> findings =
        new ArrayList<>(new DatabaseCheck(database.url(), timeoutMillis(), log == null).run());
    if (log != null) {
      findings.addAll(new SlotCheck(database.url(), timeoutMillis(), log).run());
    }
    StreamSettings settings = stream.settings();
    if (settings != null) {
      findings.addAll(new StreamCheck(settings, horizon).run());
    }
    int width = findings.stream().mapToInt(finding -> finding.subject().length()).max().orElse(0);
    PrintWriter out = spec.commandLine().getOut();
    for (Finding finding : findings) {
      out.printf(
          "%-4s  %-" + width + "s  %s%n", finding.level(), finding.subject(), finding.sentence());
    }
    long failed = count(findings, Level.FAIL);
    out.printf(
        "%n%s: %d failed, %d worth a look%n",
        failed == 0 ? "Ready for herald serve" : "Not ready for herald serve",
        failed,
        count(findings, Level.WARN));
    out.flush();
    return failed == 0 ? 0 : 1;
  }

  private int timeoutMillis() {
    if (timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new IllegalArgumentException(
          "--timeout is " + Durations.text(timeout) + " (expected: more than 0s, at most 1h)");
    }
    return (int) timeout.toMillis();
  }

  private static long count(List<Finding> findings, Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }
}
