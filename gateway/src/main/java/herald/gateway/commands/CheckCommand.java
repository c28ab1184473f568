package herald.gateway.commands;

import herald.gateway.check.DatabaseCheck;
import herald.gateway.check.Finding;
import herald.gateway.check.Finding.Level;
import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import java.io.PrintWriter;
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
      "Says what a database has and what it lacks for Herald; writes nothing into it.",
      "Exits with 0 when nothing has failed, 1 when something has, 2 for wrong options."
    })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DatabaseOptions database;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "15s",
      converter = MillisConverter.class,
      description = "When to report what is known by then.%n  Default: ${DEFAULT-VALUE}")
  private Millis timeout;

  @Override
  public Integer call() throws InterruptedException {
    List<Finding> findings = new DatabaseCheck(database.url(), timeout.asInt()).run();
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

  private static long count(List<Finding> findings, Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }
}
