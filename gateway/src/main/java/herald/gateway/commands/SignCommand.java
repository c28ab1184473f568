package herald.gateway.commands;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald sign}: a URL with which any WebSocket client can connect. */
@Command(
    name = "sign",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = "Prints a signed path, with which any WebSocket client can connect to a gateway.",
    footer = {"", "HERALD_KEY may hold the key, so that it is in no command line."})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class SignCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private KeyOption signer;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "What to put before the path, for example ws://127.0.0.1:8080.")
  private @Nullable String url;

  @Option(
      names = "--timestamp",
      paramLabel = "MILLIS",
      description = "Milliseconds since the epoch.%n  Default: now")
  private @Nullable Long timestamp;

  @Override
  public Integer call() {
    long millis = timestamp == null ? System.currentTimeMillis() : timestamp;
    String path = signer.key().signedPath("/comms/chats/ws", millis);
    spec.commandLine().getOut().println((url == null ? "" : url) + path);
    return 0;
  }
}
