package herald.gateway.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Tables of options of {@code herald serve}, made from what {@code --help} is made from. */
final class OptionsTable {
  private static final Pattern DEFAULT = Pattern.compile("\\s+Default: ");

  private OptionsTable() {}

  static String ofServe() {
    List<String> rows = new ArrayList<>();
    rows.add("| option | variable | default | what it is |");
    rows.add("| --- | --- | --- | --- |");
    CommandLine serve =
        Objects.requireNonNull(HeraldCommand.commandLine(Map.of()).getSubcommands().get("serve"));
    serve.getCommandSpec().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .map(OptionsTable::row)
        .forEach(rows::add);
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
