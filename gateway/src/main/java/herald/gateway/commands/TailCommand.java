package herald.gateway.commands;

import herald.gateway.tail.EventLine;
import herald.gateway.tail.Tail;
import herald.protocol.WalletKey;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code herald tail}: one user's events in the terminal. */
@Command(
    name = "tail",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description =
        "Connects as one user and prints that user's events, one line each, until Ctrl-C. When the"
            + " connection ends it connects again with after=, the id of the last event, and"
            + " prints each event once.",
    footer = {"", "HERALD_KEY may hold the key, so that it is in no command line."})
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class TailCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private KeyOption signer;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The gateway: ws:// or wss://, host and port.")
  private String url = "ws://127.0.0.1:8080";

  @Option(
      names = "--after",
      paramLabel = "ID|TIME",
      description =
          "Begin with the events behind the one with this id, or after this RFC 3339 time.%n"
              + "  Default: where the gateway begins")
  private @Nullable String after;

  @Option(
      names = "--json",
      description = "Print each event as the JSON that was received, for another program to read.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    WalletKey key = signer.key();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Tail tail =
        new Tail(
            gateway(url),
            key,
            after,
            event -> {
              out.println(json ? event : EventLine.of(event));
              out.flush();
            },
            note -> {
              err.println(note);
              err.flush();
            });
    tail.run();
    return 0;
  }

  private static URI gateway(String url) {
    try {
      URI uri = URI.create(url);
      if (("ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme()))
          && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "'"
            + url
            + "' is not the address of a gateway (expected: ws://host:port or wss://host:port)");
  }
}
