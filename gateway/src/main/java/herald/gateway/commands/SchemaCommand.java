package herald.gateway.commands;

import herald.gateway.sql.SqlScript;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald schema}: the SQL of {@code deploy/sql}, ready for psql. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = {
      "Prints the SQL that a database needs: without an option, all that a fresh one needs.",
      "An existing database of the platform needs --trigger-only."
    },
    footer = {"", "Example: herald schema | psql -v ON_ERROR_STOP=1 postgresql://..."})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SchemaCommand implements Runnable {
  @Spec private CommandSpec spec;

  @ArgGroup private @Nullable Part part;

  /** One of these, or everything for a fresh database. */
  static final class Part {
    @Option(
        names = "--trigger-only",
        description = "Print only the trigger that announces rpc logs, for an existing database.")
    private boolean isTriggerOnly;

    @Option(
        names = "--grants",
        description = "Print only a role with the least privileges, for either kind.")
    @SuppressWarnings("UnusedVariable") // where a part is chosen, it is this or the trigger
    private boolean isGrants;
  }

  @Override
  public void run() {
    String text;
    if (part == null) {
      text = SqlScript.SCHEMA.text() + "\n" + SqlScript.TRIGGER.text();
    } else {
      text = part.isTriggerOnly ? SqlScript.TRIGGER.text() : SqlScript.GRANTS.text();
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
  }
}
