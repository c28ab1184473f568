package herald.benchmarks.commands;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Where a command reports what it does: a mixin that knows the command it is mixed into. */
@SuppressWarnings("NullAway.Init") // picocli fills the field
@Command
final class Console {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Prints a line. Any thread. */
  synchronized void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** The command as it was given. */
  String command() {
    return String.join(
        " ",
        spec.root().name(),
        String.join(" ", spec.commandLine().getParseResult().originalArgs()));
  }
}
