package herald.gateway.stream;

import herald.gateway.config.StreamSettings;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import java.io.IOException;
import java.time.Duration;

/** The engine's interface for streams, with deadlines of our own. */
public final class StreamApi {
  private static final int STREAM_NOT_FOUND = 10_059;

  private static final JetStreamOptions OPTIONS =
      JetStreamOptions.builder()
          .requestTimeout(Duration.ofMillis(StreamConnection.TIMEOUT_MILLIS))
          .build();

  private StreamApi() {}

  /** To publish and to read. */
  public static JetStream jetStream(Connection connection) throws IOException {
    return connection.jetStream(OPTIONS);
  }

  /** To ask for streams and to make them. */
  public static JetStreamManagement management(Connection connection) throws IOException {
    return connection.jetStreamManagement(OPTIONS);
  }

  /** What the engine has refused, in a sentence. */
  public static String sentence(StreamSettings settings, JetStreamApiException e) {
    return isNotFound(e)
        ? "the stream "
            + settings.name()
            + " does not exist (expected: made by herald relay --create-stream)"
        : "the stream engine refuses: " + e.getErrorDescription();
  }

  /** What has gone wrong, in a sentence; the library says nothing of some failures. */
  static String sentence(Exception e) {
    String message = e.getMessage();
    if (message != null) {
      return message;
    }
    return e instanceof AuthenticationException
        ? "the authorization is refused"
        : e.getClass().getSimpleName();
  }

  /** Whether there is no such stream. */
  public static boolean isNotFound(JetStreamApiException e) {
    return e.getApiErrorCode() == STREAM_NOT_FOUND;
  }
}
