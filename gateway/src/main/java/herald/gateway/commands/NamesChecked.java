package herald.gateway.commands;

import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Runs a command, unless the environment or the configuration file has a name that is unknown. */
final class NamesChecked implements IExecutionStrategy {
  private final OptionSources sources;
  private final KnownNames known;

  NamesChecked(OptionSources sources, KnownNames known) {
    this.sources = sources;
    this.known = known;
  }

  @Override
  public int execute(ParseResult parsed) throws ExecutionException, ParameterException {
    if (readsOptions(parsed)) {
      String problem = sources.fileProblem();
      if (problem == null) {
        problem = known.problem(sources);
      }
      if (problem != null) {
        CommandLine command = parsed.subcommand().commandSpec().commandLine();
        throw new ParameterException(command, problem);
      }
    }
    return new RunLast().execute(parsed);
  }

  /** Who asks for help because something is wrong gets it. */
  private static boolean readsOptions(ParseResult parsed) {
    ParseResult command = parsed.subcommand();
    return command != null
        && !command.isUsageHelpRequested()
        && !command.isVersionHelpRequested()
        && !Set.of(HelpCommand.class, CompletionCommand.class)
            .contains(command.commandSpec().userObject().getClass());
  }
}
