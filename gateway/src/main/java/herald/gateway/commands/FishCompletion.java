package herald.gateway.commands;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The completions of fish, which picocli does not write. */
final class FishCompletion {
  private FishCompletion() {}

  static String script(CommandLine herald) {
    String name = herald.getCommandName();
    StringBuilder script = new StringBuilder();
    // Files are completed behind the options that take one, and nowhere else.
    script.append("complete -c ").append(name).append(" -f\n");
    for (Map.Entry<String, CommandLine> entry : herald.getSubcommands().entrySet()) {
      CommandSpec command = entry.getValue().getCommandSpec();
      script
          .append("complete -c " + name + " -n __fish_use_subcommand -a ")
          .append(entry.getKey())
          .append(" -d ")
          .append(quoted(firstSentence(command.usageMessage().description())))
          .append('\n');
      String condition = " -n " + quoted("__fish_seen_subcommand_from " + entry.getKey());
      for (OptionSpec option : command.options()) {
        script.append("complete -c " + name + condition).append(names(option));
        script.append(values(option)).append(" -d ");
        script.append(quoted(firstSentence(option.description()))).append('\n');
      }
    }
    return script.toString();
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
    }
    return names.toString();
  }

  private static String values(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    String label = option.paramLabel();
    List<String> words = Arrays.asList(label.split("\\|"));
    boolean areWords = words.size() > 1 && words.stream().allMatch(word -> word.matches("[a-z-]+"));
    if (areWords) {
      return " -x -a " + quoted(String.join(" ", words));
    }
    return label.equals("FILE") ? " -r -F" : " -x";
  }

  private static String firstSentence(String... description) {
    String text = String.join(" ", description).replace("%n", " ");
    int end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
