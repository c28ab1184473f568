package herald.gateway.commands;

import herald.gateway.config.ByteSize;
import herald.gateway.config.Durations;
import herald.gateway.config.ProxySettings;
import herald.gateway.config.TransportKind;
import herald.gateway.logging.Logs;
import herald.protocol.RecoveryProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code herald}: the command that has all others. */
@Command(
    name = "herald",
    addMethodSubcommands = false,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Push gateway: from a PostgreSQL commit to the WebSockets it concerns.")
@SuppressWarnings("NullAway.Init") // picocli fills the field
public final class HeraldCommand implements Runnable {
  @Spec private CommandSpec spec;

  private HeraldCommand() {}

  /**
   * The command line with all commands, or with the one alone that {@code arguments} begin with if
   * its start is waited for; options take their defaults from {@code environment} and from a
   * configuration file, if one is named by it or by {@code arguments}.
   *
   * @param arguments those that will be executed
   */
  public static CommandLine commandLine(Map<String, String> environment, String... arguments) {
    OptionSources sources = new OptionSources(environment, arguments);
    return commandLine(sources, Commands.namesFor(arguments));
  }

  private static CommandLine commandLine(OptionSources sources, Set<String> names) {
    CommandLine commandLine = new CommandLine(new HeraldCommand(), new Commands(sources));
    Commands.addTo(commandLine, names);
    commandLine.registerConverter(Duration.class, converter(Durations::parse));
    commandLine.registerConverter(ByteSize.class, converter(ByteSize::parse));
    registerWords(commandLine, TransportKind.class);
    registerWords(commandLine, Switch.class);
    registerWords(commandLine, CompletionCommand.Shell.class);
    registerWords(commandLine, RecoveryProvider.class);
    registerWords(commandLine, ProxySettings.Header.class);
    registerWords(commandLine, Logs.Format.class);
    registerWords(commandLine, WalOptions.Source.class);
    registerWords(commandLine, Logs.Detail.class);
    ErrorSentence errors = new ErrorSentence(sources);
    commandLine.setParameterExceptionHandler(errors);
    commandLine.setExecutionExceptionHandler(errors);
    commandLine.setExecutionStrategy(
        new NamesChecked(
            sources,
            () -> KnownNames.of(commandLine),
            () -> KnownNames.of(commandLine(sources, Commands.names()))));
    OptionDefaults defaults = new OptionDefaults(sources);
    for (CommandLine command : commandLine.getSubcommands().values()) {
      command.setDefaultValueProvider(defaults);
      UsageMessageSpec usage = command.getCommandSpec().usageMessage();
      usage.showDefaultValues(true);
      if (command.getCommand() instanceof HelpCommand) {
        usage.description("Shows how a command is used: herald help serve.");
      }
      command.getHelpSectionMap().remove(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING);
      command
          .getHelpSectionMap()
          .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new GroupedOptions());
    }
    return commandLine;
  }

  private static <E extends Enum<E>> void registerWords(CommandLine commandLine, Class<E> type) {
    commandLine.registerConverter(type, new Words<>(type));
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    };
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
