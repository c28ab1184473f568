package herald.gateway.relay;

import herald.gateway.stream.MessageParts;
import herald.gateway.stream.StreamCodec;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.testing.TestGateway.Eventually;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The messages whose events stand in the stream, in its order. */
final class StreamContents implements AutoCloseable {
  private static final Pattern MESSAGE = Pattern.compile("\"message_id\":\"([^\"]+)\"");
  private static final long SECONDS = 120;

  private final Connection connection;
  private final JetStreamManagement management;
  private final MessageParts parts = new MessageParts();
  private final List<String> messages = new ArrayList<>();
  private final List<OneEvent> events = new ArrayList<>();
  private long readUntil;
  private int partsRead;

  StreamContents(String url) throws IOException, InterruptedException {
    connection =
        Nats.connect(
            new Options.Builder()
                .server(url)
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(100))
                .build());
    management = connection.jetStreamManagement();
  }

  /** Reads on until all of these messages stand there. */
  List<String> await(List<String> wanted) throws InterruptedException {
    Eventually.within(SECONDS * 1_000, () -> read().containsAll(wanted));
    return messages;
  }

  List<String> read() {
    try {
      StreamState state = management.getStreamInfo("herald").getStreamState();
      long end = state.getLastSequence();
      readUntil = Math.max(readUntil, state.getFirstSequence() - 1);
      for (; readUntil < end; readUntil++) {
        take(StreamCodec.decode(management.getMessage("herald", readUntil + 1).getData()));
      }
    } catch (IOException | JetStreamApiException e) {
      // The engine is away.
    }
    return messages;
  }

  private void take(StreamMessage message) {
    if (message instanceof StreamMessage.Part) {
      partsRead++;
    }
    StreamMessage whole = parts.take(message);
    if (whole instanceof Batch batch) {
      batch.messages().forEach(this::add);
    } else if (whole != null) {
      add(whole);
    }
  }

  private void add(StreamMessage message) {
    if (message instanceof OneEvent event) {
      String text =
          new String(event.head(), StandardCharsets.UTF_8)
              + new String(event.middle(), StandardCharsets.UTF_8)
              + new String(event.tail(), StandardCharsets.UTF_8);
      Matcher matcher = MESSAGE.matcher(text);
      messages.add(matcher.find() ? matcher.group(1) : text);
      events.add(event);
    }
  }

  /** The sequence of the last message that has been read. */
  long readUntil() {
    read();
    return readUntil;
  }

  /** The stream is another one: reads it from its beginning. */
  void forget() {
    readUntil = 0;
    messages.clear();
    events.clear();
  }

  /** Whom the event of this message concerns. */
  int[] audienceOf(String message) {
    return events.get(messages.indexOf(message)).audience().stream().toArray();
  }

  List<OneEvent> events() {
    return events;
  }

  int partsRead() {
    return partsRead;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
