package herald.gateway.commands;

import herald.gateway.config.StreamSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The stream between relays and instances, which both sides name in the same way. */
@Command(optionListHeading = "%nStream of NATS JetStream:%n")
final class StreamOptions {
  @Option(
      names = "--feed",
      paramLabel = "URL",
      description =
          "Where events come from: 'postgresql' for the database's notifications, or the servers of"
              + " the stream that relays fill, nats://host:port,host2:port2. With tls://, TLS is"
              + " required.")
  private String feed = "postgresql";

  @Option(
      names = "--feed-stream",
      paramLabel = "NAME",
      description = "The stream's name; its subjects begin with it.")
  private String name = StreamSettings.DEFAULT_NAME;

  @Option(
      names = "--feed-ca",
      paramLabel = "FILE",
      description =
          "Who signs the certificates of the stream's servers, PEM.%n  Default: those whom Java"
              + " trusts")
  private @Nullable Path certificateAuthority;

  @Option(
      names = "--feed-user",
      paramLabel = "NAME",
      description = "The user of the stream's servers.%n  Default: none")
  private @Nullable String user;

  @Option(
      names = "--feed-password-file",
      paramLabel = "FILE",
      description = "A file that holds this user's password.%n  Default: none")
  private @Nullable Path passwordFile;

  @Option(
      names = "--feed-token-file",
      paramLabel = "FILE",
      description = "A file that holds a token, instead of a user.%n  Default: none")
  private @Nullable Path tokenFile;

  @Option(
      names = "--feed-credentials",
      paramLabel = "FILE",
      description =
          "A file with a JWT and its seed, as nsc writes it, instead of a user.%n  Default: none")
  private @Nullable Path credentials;

  @Option(
      names = "--feed-timeout",
      paramLabel = "TIME",
      description =
          "When nothing has come from the stream for so long, the instance is not ready. A relay"
              + " writes something each second.")
  private Duration timeout = StreamSettings.DEFAULT_TIMEOUT;

  /**
   * The settings; null if events come from the database's notifications.
   *
   * @throws IllegalArgumentException with one sentence
   */
  @Nullable StreamSettings settings() {
    if (feed.equals("postgresql")) {
      return null;
    }
    return StreamSettings.of(feed)
        .withName(name)
        .withCredentials(certificateAuthority, user, passwordFile, tokenFile, credentials)
        .withTimeout(timeout);
  }
}
