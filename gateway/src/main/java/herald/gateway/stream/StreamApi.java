package herald.gateway.stream;

import herald.gateway.config.StreamSettings;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.StreamInfo;
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

  /**
   * What the engine says of the stream.
   *
   * @throws IOException when it does not answer, or there is no stream
   */
  static StreamInfo info(Connection connection, StreamSettings settings) throws IOException {
    try {
      return management(connection).getStreamInfo(settings.name());
    } catch (JetStreamApiException e) {
      throw new IOException(sentence(settings, e), e);
    }
  }

  /** What the engine has refused, in a sentence. */
  public static String sentence(StreamSettings settings, JetStreamApiException e) {
    return isNotFound(e)
        ? "the stream "
            + settings.name()
            + " does not exist (expected: made by herald relay --create-stream)"
        : "the stream engine refuses: " + e.getErrorDescription();
  }

  /**
   * The engine has not answered. What it does not permit it says apart from any answer.
   *
   * @param what it should have said
   */
  public static String unanswered(String what, Connection connection, Exception e) {
    String last = connection.getLastError();
    return "the stream engine does not say "
        + what
        + ": "
        + e.getMessage()
        + (last == null || last.isEmpty() ? "" : "; the last that it complained of: " + last);
  }

  /** What has gone wrong, in a sentence; the library says nothing of some failures. */
  static String sentence(Exception e) {
    String message = e.getMessage();
    if (message != null) {
      return message + expected(message);
    }
    return e instanceof AuthenticationException
        ? "the authorization is refused"
        : e.getClass().getSimpleName();
  }

  /** What to do about a failure of TLS, which the library does not say. */
  private static String expected(String message) {
    if (message.contains("SSL required by server")) {
      return " (expected: tls:// in the URL)";
    }
    if (message.contains("SSL connection wanted by client")) {
      return " (expected: nats:// in the URL, or a server with TLS)";
    }
    return message.contains("PKIX path building failed")
        ? " (expected: --feed-ca names the certificate of who has signed the server's)"
        : "";
  }

  /** Whether there is no such stream. */
  public static boolean isNotFound(JetStreamApiException e) {
    return e.getApiErrorCode() == STREAM_NOT_FOUND;
  }
}
