package herald.gateway.commands;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code herald completion}: a script by which a shell completes commands and options. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = "Prints a script with which a shell completes Herald's commands and options.",
    footer = {
      "",
      "bash and zsh: source <(herald completion)",
      "fish: herald completion fish > ~/.config/fish/completions/herald.fish"
    })
@SuppressWarnings("NullAway.Init") // picocli fills the field
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "bash|zsh|fish",
      description = "The shell. The script of bash is that of zsh too.%n  Default: bash")
  private Shell shell = Shell.BASH;

  /** Shells that a script can be had for. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Override
  public void run() {
    CommandLine herald = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        shell == Shell.FISH
            ? FishCompletion.script(herald)
            : AutoComplete.bash(spec.root().name(), herald) + "\n");
    out.flush();
  }
}
