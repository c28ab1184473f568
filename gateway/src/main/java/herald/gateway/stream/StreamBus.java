package herald.gateway.stream;

import herald.gateway.exchange.InstanceBus;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages between instances over a subject of the engine that is in no stream: what is lost is
 * noticed by the numbers of the messages, and asked for again.
 */
final class StreamBus implements InstanceBus {
  private static final Duration TIMEOUT = Duration.ofMillis(StreamConnection.TIMEOUT_MILLIS);

  private final StreamConnection connection;

  /** The connection that is listened on; null before the first. Reader's thread. */
  private @Nullable Connection heard;

  StreamBus(StreamConnection connection) {
    this.connection = connection;
  }

  /**
   * Listens on the connection there is, if it does not yet: the client library keeps it up when
   * that connection is lost and made again. Reader's thread.
   *
   * @param onMessage gets what is heard, on the library's thread; never waits
   */
  void listen(Consumer<String> onMessage) throws IOException, InterruptedException {
    Connection now = connection.connected();
    if (now == null || now == heard) {
      return;
    }
    Dispatcher dispatcher =
        now.createDispatcher(
            message -> {
              // An empty one is of a check, which looks whether it comes back.
              if (message.getData().length > 0) {
                onMessage.accept(new String(message.getData(), StandardCharsets.US_ASCII));
              }
            });
    dispatcher.subscribe(connection.settings().instanceSubject());
    // Whether or not the engine answers: a second subscription would hear everything twice.
    heard = now;
    flush(now);
  }

  @Override
  public void send(List<String> messages) throws IOException {
    Connection now = connection.connected();
    if (now == null) {
      throw new IOException("the stream engine is not connected");
    }
    String subject = connection.settings().instanceSubject();
    try {
      for (String message : messages) {
        now.publish(subject, message.getBytes(StandardCharsets.US_ASCII));
      }
      flush(now);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IllegalStateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Until the engine has had all that was sent. */
  private static void flush(Connection connection) throws IOException, InterruptedException {
    try {
      connection.flush(TIMEOUT);
    } catch (TimeoutException e) {
      throw new IOException("the stream engine does not answer", e);
    }
  }

  /** The engine does not say who else listens. */
  @Override
  public boolean isAlone() {
    return false;
  }
}
