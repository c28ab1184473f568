package herald.gateway.commands;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The list of options in {@code --help}, in groups: each mixin that has a heading is one, and what
 * is left comes last.
 *
 * <p>Argument groups could have headings too, but picocli makes a new object for a group when one
 * of its options is given, and defaults would depend on that.
 */
final class GroupedOptions implements IHelpSectionRenderer {
  private static final String REST = "%nGeneral:%n";

  @Override
  public String render(Help help) {
    StringBuilder text = new StringBuilder();
    Set<OptionSpec> rest = new LinkedHashSet<>(visible(help.commandSpec()));
    for (CommandSpec mixin : withHeading(help.commandSpec())) {
      append(text, mixin.usageMessage().optionListHeading(), visible(mixin), help);
      rest.removeIf(option -> mixin.findOption(option.longestName()) != null);
    }
    append(text, text.isEmpty() ? "%n" : REST, new ArrayList<>(rest), help);
    return text.toString();
  }

  private static void append(
      StringBuilder text, String heading, List<OptionSpec> options, Help help) {
    if (!options.isEmpty()) {
      text.append(String.format(heading)).append(help.optionListExcludingGroups(options));
    }
  }

  private static List<CommandSpec> withHeading(CommandSpec spec) {
    List<CommandSpec> found = new ArrayList<>();
    for (CommandSpec mixin : spec.mixins().values()) {
      // Asked of the class: a mixin that has none of its own takes over that of the first in it.
      if (mixin.userObject().getClass().isAnnotationPresent(Command.class)) {
        found.add(mixin);
      } else {
        found.addAll(withHeading(mixin));
      }
    }
    return found;
  }

  private static List<OptionSpec> visible(CommandSpec spec) {
    return spec.options().stream().filter(option -> !option.hidden()).toList();
  }
}
