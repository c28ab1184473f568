package herald.gateway.stream;

import herald.gateway.check.Finding;
import herald.gateway.config.StreamSettings;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.ReadListener;
import io.nats.client.Subscription;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the engine and at the stream as an instance would use them, and says what is there and
 * what is missing. Nothing is written into the stream; one empty message is sent to the subject of
 * the instances.
 */
public final class StreamCheck {
  private static final Duration TIMEOUT = Duration.ofMillis(StreamConnection.TIMEOUT_MILLIS);

  private final StreamSettings settings;
  private final Duration horizon;
  private volatile @Nullable String lastError;

  /**
   * Prepares the check; nothing happens yet.
   *
   * @param horizon how far back an instance reads
   * @throws IllegalArgumentException with one sentence, when the settings can't be used
   */
  public StreamCheck(StreamSettings settings, Duration horizon) {
    settings.requireUsable();
    this.settings = settings;
    this.horizon = horizon;
  }

  /** Asks everything and returns what was found, in the order in which it was asked. */
  public List<Finding> run() throws InterruptedException {
    List<Finding> found = new ArrayList<>();
    Connection connection;
    try {
      connection = Nats.connect(options());
    } catch (IOException | GeneralSecurityException e) {
      found.add(
          Finding.fail(
              "engine",
              settings
                  + ": "
                  + sentence(e)
                  + " (expected: a server of NATS that lets this client in)"));
      return found;
    }
    try {
      found.add(engine(connection));
      look(connection, found);
    } finally {
      connection.close();
    }
    return found;
  }

  private Options options() throws IOException, GeneralSecurityException {
    return new Options.Builder(
            new ClientOptions(settings, "herald check", error -> lastError = error)
                .build((changed, event) -> {}, new ReadListener() {}))
        .noReconnect()
        .build();
  }

  /** What an exception says; of TLS the cause says more. */
  private String sentence(Exception e) {
    String said = lastError;
    return said == null ? StreamApi.sentence(e) : said;
  }

  private static Finding engine(Connection connection) {
    return Finding.ok(
        "engine",
        "NATS " + connection.getServerInfo().getVersion() + " at " + connection.getConnectedUrl());
  }

  private void look(Connection connection, List<Finding> found) throws InterruptedException {
    try {
      StreamInfo info = StreamApi.management(connection).getStreamInfo(settings.name());
      found.addAll(
          new StreamRules(settings, horizon)
              .findings(info.getConfiguration(), connection.getMaxPayload()));
    } catch (JetStreamApiException e) {
      found.add(Finding.fail("stream", StreamApi.sentence(settings, e)));
      return;
    } catch (IOException e) {
      found.add(
          Finding.fail(
              "stream",
              "the engine does not say what it knows of the stream: "
                  + sentence(e)
                  + " (expected: JetStream, and the permission to use it)"));
      return;
    }
    found.add(reading(connection));
    found.add(instances(connection));
  }

  private Finding reading(Connection connection) {
    try (OrderedConsumer consumer =
        OrderedConsumer.open(connection, 0, settings, 0, Instant.now())) {
      return Finding.ok("reading", consumer.generation() == 0 ? "a consumer can be made" : "");
    } catch (IOException e) {
      return Finding.fail(
          "reading",
          "no consumer of the stream can be made: "
              + sentence(e)
              + " (expected: the permission to make one, and to hear what it sends)");
    }
  }

  /** Whether what is sent to the subject of the instances is heard. */
  private Finding instances(Connection connection) throws InterruptedException {
    String subject = settings.instanceSubject();
    Subscription subscription = connection.subscribe(subject);
    connection.publish(subject, new byte[0]);
    boolean isHeard = subscription.nextMessage(TIMEOUT) != null;
    return isHeard
        ? Finding.ok("instances", subject + " is heard")
        : Finding.fail(
            "instances",
            "what is sent to "
                + subject
                + " is not heard (expected: the permission to publish and to subscribe to it)");
  }
}
