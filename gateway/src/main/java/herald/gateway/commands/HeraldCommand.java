package herald.gateway.commands;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code herald}: the command that has all others. */
@Command(
    name = "herald",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Push gateway: from a PostgreSQL commit to the WebSockets it concerns.",
    subcommands = {
      ServeCommand.class,
      CheckCommand.class,
      SchemaCommand.class,
      SignCommand.class,
      TailCommand.class
    })
@SuppressWarnings("NullAway.Init") // picocli fills the field
public final class HeraldCommand implements Runnable {
  private static final int USAGE_ERROR = 2;
  private static final int FAILURE = 1;

  @Spec private CommandSpec spec;

  private HeraldCommand() {}

  /** The command line with all commands; options take their defaults from {@code environment}. */
  public static CommandLine commandLine(Map<String, String> environment) {
    CommandLine commandLine = new CommandLine(new HeraldCommand());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    EnvironmentDefaults defaults = new EnvironmentDefaults(environment);
    commandLine.getSubcommands().values().forEach(sub -> sub.setDefaultValueProvider(defaults));
    commandLine.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          failed.getErr().println("herald: " + failure.getMessage());
          return failure instanceof IllegalArgumentException ? USAGE_ERROR : FAILURE;
        });
    return commandLine;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
