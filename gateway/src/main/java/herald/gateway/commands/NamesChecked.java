package herald.gateway.commands;

import java.util.Set;
import java.util.function.Supplier;
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
  private final Supplier<KnownNames> ofMade;
  private final Supplier<KnownNames> ofAll;

  /**
   * @param ofMade the names of the commands that were made, which nearly always has all that are
   *     asked for
   * @param ofAll the names of all commands, which takes longer and is asked for when one was not
   *     found
   */
  NamesChecked(OptionSources sources, Supplier<KnownNames> ofMade, Supplier<KnownNames> ofAll) {
    this.sources = sources;
    this.ofMade = ofMade;
    this.ofAll = ofAll;
  }

  @Override
  public int execute(ParseResult parsed) throws ExecutionException, ParameterException {
    if (readsOptions(parsed)) {
      String problem = sources.fileProblem();
      if (problem == null && ofMade.get().problem(sources) != null) {
        problem = ofAll.get().problem(sources);
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
