package herald.gateway.commands;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IFactory;

/**
 * The commands of {@code herald}, and how they are made: two need to know the sources of values.
 */
final class Commands implements IFactory {
  /**
   * Those that run until they are told to stop. Somebody waits for their start, and making all
   * commands with their options takes a tenth of it.
   */
  private static final Set<String> MADE_ALONE = Set.of("serve", "relay");

  private static final Map<String, Class<?>> TYPES = types();

  private final OptionSources sources;

  Commands(OptionSources sources) {
    this.sources = sources;
  }

  private static Map<String, Class<?>> types() {
    Map<String, Class<?>> types = new LinkedHashMap<>();
    types.put("serve", ServeCommand.class);
    types.put("relay", RelayCommand.class);
    types.put("config", ConfigCommand.class);
    types.put("check", CheckCommand.class);
    types.put("explain", ExplainCommand.class);
    types.put("schema", SchemaCommand.class);
    types.put("rules", RulesCommand.class);
    types.put("sign", SignCommand.class);
    types.put("tail", TailCommand.class);
    types.put("completion", CompletionCommand.class);
    types.put("help", HelpCommand.class);
    return Collections.unmodifiableMap(types);
  }

  /** All, in the order in which help shows them. */
  static Set<String> names() {
    return TYPES.keySet();
  }

  /** Those that have to be made for a command line that begins with these words. */
  static Set<String> namesFor(String... arguments) {
    return Arrays.stream(arguments).limit(1).anyMatch(MADE_ALONE::contains)
        ? Set.of(arguments[0])
        : names();
  }

  /** Adds those of these names. */
  static void addTo(CommandLine herald, Set<String> names) {
    TYPES.forEach(
        (name, type) -> {
          if (names.contains(name)) {
            herald.addSubcommand(name, type);
          }
        });
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == ServeCommand.class) {
      return type.cast(new ServeCommand(sources));
    }
    return type == ConfigCommand.class
        ? type.cast(new ConfigCommand(sources))
        : CommandLine.defaultFactory().create(type);
  }
}
