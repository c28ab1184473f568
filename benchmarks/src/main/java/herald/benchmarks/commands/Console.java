package herald.benchmarks.commands;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command says what it does. Any thread. */
final class Console {
  private final CommandSpec spec;

  Console(CommandSpec spec) {
    this.spec = spec;
  }

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
