package herald.gateway.commands;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** An error is one sentence on stderr; how a command is used is said by {@code --help}. */
final class ErrorSentence implements IParameterExceptionHandler, IExecutionExceptionHandler {
  private static final int FAILURE = 1;
  private static final int USAGE_ERROR = 2;
  private static final int MOST_SUGGESTIONS = 3;

  private final OptionSources sources;

  ErrorSentence(OptionSources sources) {
    this.sources = sources;
  }

  @Override
  public int handleParseException(ParameterException error, String[] arguments) {
    CommandLine failed = error.getCommandLine();
    failed
        .getErr()
        .println(
            "herald: "
                + error.getMessage()
                + " ("
                + place(error, arguments)
                + "see "
                + failed.getCommandSpec().qualifiedName()
                + " --help"
                + suggestion(error)
                + ")");
    return USAGE_ERROR;
  }

  /** Where a wrong value stands that is not on the command line. */
  private String place(ParameterException error, String... arguments) {
    if (!(error.getArgSpec() instanceof OptionSpec option)) {
      return "";
    }
    String name = option.longestName();
    OptionSources.Given given = sources.given(name);
    boolean isOnCommandLine =
        Arrays.stream(arguments).anyMatch(word -> word.equals(name) || word.startsWith(name + "="));
    return given == null || isOnCommandLine ? "" : "in " + given.place() + "; ";
  }

  private static String suggestion(ParameterException error) {
    List<String> suggestions =
        error instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    // picocli finds nearly all options similar that begin with the same word.
    return suggestions.isEmpty() || suggestions.size() > MOST_SUGGESTIONS
        ? ""
        : "; there is " + String.join(", ", suggestions);
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine failed, ParseResult parsed) {
    failed.getErr().println("herald: " + failure.getMessage());
    return failure instanceof IllegalArgumentException ? USAGE_ERROR : FAILURE;
  }
}
