package herald.gateway.stream;

import herald.gateway.config.StreamSettings;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.ReadListener;
import io.nats.client.support.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the client library is set: it finds out within three seconds that the engine is frozen, for
 * which its defaults take minutes, and keeps nothing for later that can't be sent.
 */
final class ClientOptions implements ErrorListener {
  private static final Duration PING_INTERVAL = Duration.ofSeconds(1);

  /** Pings without an answer before the connection counts as lost. */
  private static final int PINGS_WITHOUT_ANSWER = 2;

  private static final Duration RECONNECT_WAIT = Duration.ofMillis(200);

  private final StreamSettings settings;
  private final String clientName;
  private final Consumer<String> onError;

  /**
   * @param clientName what the engine's own tools call the connection
   * @param onError is told what goes wrong, in a sentence; the library's threads
   */
  ClientOptions(StreamSettings settings, String clientName, Consumer<String> onError) {
    this.settings = settings;
    this.clientName = clientName;
    this.onError = onError;
  }

  /**
   * The library's options, with passwords and certificates as the files hold them now.
   *
   * @throws IOException when a file can't be read
   * @throws GeneralSecurityException when a file holds no certificate
   */
  Options build(ConnectionListener onEvent, ReadListener onRead)
      throws IOException, GeneralSecurityException {
    Options.Builder builder =
        new Options.Builder()
            .servers(
                settings.servers().stream().map(server -> scheme() + server).toArray(String[]::new))
            .connectionName(clientName)
            // The other ways put the address in the place of the name, which the certificate is
            // for.
            .hostnameResolveMode(Options.HostnameResolveMode.HappyEyeballs)
            .connectionTimeout(Duration.ofMillis(StreamConnection.TIMEOUT_MILLIS))
            .pingInterval(PING_INTERVAL)
            .maxPingsOut(PINGS_WITHOUT_ANSWER)
            .maxReconnects(-1)
            .reconnectWait(RECONNECT_WAIT)
            // What was sent long ago would come between what is sent then.
            .reconnectBufferSize(0)
            .connectionListener(onEvent)
            .readListener(onRead)
            .errorListener(this);
    if (settings.usesTls()) {
      // Servers tell of each other by addresses, for which their certificates may not be.
      builder.ignoreDiscoveredServers();
      builder.sslContext(NameCheckedTls.context(settings.certificateAuthority()));
    }
    addCredentials(builder);
    return builder.build();
  }

  private String scheme() {
    return settings.usesTls() ? "tls://" : "nats://";
  }

  private void addCredentials(Options.Builder builder) throws IOException {
    String user = settings.user();
    Path password = settings.passwordFile();
    if (user != null && password != null) {
      builder.userInfo(user.toCharArray(), Files.readString(password).strip().toCharArray());
    }
    Path token = settings.tokenFile();
    if (token != null) {
      builder.token(Files.readString(token).strip().toCharArray());
    }
    Path credentials = settings.credentialsFile();
    if (credentials != null) {
      builder.authHandler(Nats.credentials(credentials.toString()));
    }
  }

  // ---- From the client library: its own listener logs each time ----

  @Override
  public void errorOccurred(Connection connection, String error) {
    onError.accept(error);
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception e) {
    // Of some failures the library says more by an error, and throws them without a message.
    if (e.getMessage() != null) {
      onError.accept(e.getMessage());
    }
  }

  @Override
  public void slowConsumerDetected(
      Connection connection, io.nats.client.@Nullable Consumer consumer) {
    onError.accept("messages come faster than they are read, and some are left out");
  }

  @Override
  public void messageDiscarded(Connection connection, Message message) {
    onError.accept("a message could not be sent, and is left out");
  }

  @Override
  public void heartbeatAlarm(
      Connection connection, JetStreamSubscription subscription, long stream, long consumer) {
    // Whoever reads notices by itself that nothing comes.
  }

  @Override
  public void unhandledStatus(
      Connection connection, JetStreamSubscription subscription, Status status) {
    onError.accept("the engine says: " + status.getMessage());
  }

  @Override
  public void pullStatusWarning(
      Connection connection, JetStreamSubscription subscription, Status status) {
    // Nothing is pulled.
  }

  @Override
  public void pullStatusError(
      Connection connection, JetStreamSubscription subscription, Status status) {
    // Nothing is pulled.
  }

  @Override
  public void flowControlProcessed(
      Connection connection,
      JetStreamSubscription subscription,
      String id,
      FlowControlSource source) {
    // As often as the engine likes.
  }

  @Override
  public void socketWriteTimeout(Connection connection) {
    onError.accept("the engine does not read what is sent");
  }
}
