package herald.benchmarks.commands;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code herald-bench}: the command that has all others. */
@Command(
    name = "herald-bench",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Puts load on Herald and says what it costs.",
    subcommands = {
      RunCommand.class,
      CompareCommand.class,
      RatesCommand.class,
      ConnectCommand.class,
      IdleCommand.class,
      StartCommand.class,
      AttackCommand.class,
      StallCommand.class,
      DevicesCommand.class,
      HarmCommand.class,
      CapacityCommand.class,
      GrowCommand.class,
      FeedsCommand.class,
      ClientsCommand.class,
      BareLoopCommand.class,
      BareRelayCommand.class,
      LightInstancesCommand.class,
      AttackersCommand.class,
      HelpCommand.class
    })
@SuppressWarnings("NullAway.Init") // picocli fills the field
public final class BenchCommand implements Runnable {
  private static final int USAGE_ERROR = 2;
  private static final int FAILURE = 1;

  @Spec private CommandSpec spec;

  private BenchCommand() {}

  /** The command line with all commands. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new BenchCommand());
    commandLine.setExecutionExceptionHandler(
        (failure, failed, parsed) -> {
          failed.getErr().println("herald-bench: " + failure.getMessage());
          return failure instanceof IllegalArgumentException ? USAGE_ERROR : FAILURE;
        });
    commandLine.setParameterExceptionHandler(
        (error, arguments) -> {
          CommandLine failed = error.getCommandLine();
          failed
              .getErr()
              .println(
                  "herald-bench: "
                      + error.getMessage()
                      + " (see "
                      + failed.getCommandSpec().qualifiedName()
                      + " --help)");
          return USAGE_ERROR;
        });
    commandLine
        .getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().usageMessage().showDefaultValues(true));
    return commandLine;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
