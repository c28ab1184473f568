package herald.gateway.commands;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine.Command;

/** {@code herald completion}: a script by which a shell completes commands and options. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    header = {},
    description =
        "Prints a script with which bash, and zsh too, completes Herald's commands and options.",
    footer = {"", "Example: source <(herald completion)"})
final class CompletionCommand extends GenerateCompletion {}
