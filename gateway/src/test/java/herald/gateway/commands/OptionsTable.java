package herald.gateway.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Tables of options of the commands, made from what {@code --help} is made from. */
final class OptionsTable {
  private static final Pattern DEFAULT = Pattern.compile("\\s+Default: ");

  private OptionsTable() {}

  static String ofServe() {
    return table(optionsOf("serve"));
  }

  /** Those that a relay has and an instance has not. */
  static String ofRelayAlone() {
    List<String> serve = optionsOf("serve").stream().map(OptionSpec::longestName).toList();
    return table(
        optionsOf("relay").stream()
            .filter(option -> !serve.contains(option.longestName()))
            .toList());
  }

  private static List<OptionSpec> optionsOf(String name) {
    CommandLine command =
        Objects.requireNonNull(HeraldCommand.commandLine(Map.of()).getSubcommands().get(name));
    return command.getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .toList();
  }

  private static String table(List<OptionSpec> options) {
    List<String> rows = new ArrayList<>();
    rows.add("| option | variable | default | what it is |");
    rows.add("| --- | --- | --- | --- |");
    options.stream().map(OptionsTable::row).forEach(rows::add);
    return String.join("\n", rows);
  }

  private static String row(OptionSpec option) {
    String name = option.longestName();
    String text = String.join(" ", option.description());
    String[] parts = DEFAULT.split(text, 2);
    String what = parts[0].replaceAll("\\s+", " ").replace("|", "\\|").strip();
    return "| `"
        + name
        + "` | `"
        + OptionDefaults.variable(name)
        + "` | "
        + defaultOf(option, parts.length == 2 ? parts[1] : "")
        + " | "
        + what
        + " |";
  }

  private static String defaultOf(OptionSpec option, String said) {
    if (option.arity().max() == 0) {
      return "off";
    }
    return said.isEmpty() && !option.defaultValueString().equals("null")
        ? "`" + option.defaultValueString() + "`"
        : said;
  }
}
