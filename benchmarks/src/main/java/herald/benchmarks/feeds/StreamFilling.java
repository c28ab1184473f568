package herald.benchmarks.feeds;

import herald.gateway.config.StreamSettings;
import herald.gateway.fanout.Audience;
import herald.gateway.stream.StreamCodec;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.Nats;
import io.nats.client.api.PublishAck;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Fills a stream with events as relays write them, but many at once, as no relay may: messages to
 * one receiver each, and each event in a stream message of its own, which is the most work for who
 * reads it. Their times are spread over the past; the engine's own are those of the filling.
 */
final class StreamFilling {
  private static final int MOST_UNDER_WAY = 1_000;
  private static final int USERS = 10_000;
  private static final int MICROS_PER_SECOND = 1_000_000;

  /** With what an event has around it, 330 bytes: as long as in the other measurements. */
  private static final String TEXT = "x".repeat(80);

  private StreamFilling() {}

  /**
   * Publishes events.
   *
   * @param perSecond how many of them have a time within the same second
   * @return the sequence of the last one
   */
  static long fill(String url, int events, int perSecond) throws IOException, InterruptedException {
    String subject = StreamSettings.of(url).eventSubject();
    long relay = ThreadLocalRandom.current().nextLong();
    long microsEach = MICROS_PER_SECOND / perSecond;
    long firstMicros =
        TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) - events * microsEach;
    Deque<CompletableFuture<PublishAck>> underWay = new ArrayDeque<>();
    long last = 0;
    Connection connection = Nats.connect(url);
    try {
      JetStream stream = connection.jetStream();
      for (int number = 0; number < events; number++) {
        byte[] message =
            StreamCodec.encode(event(relay, number, firstMicros + number * microsEach));
        underWay.add(stream.publishAsync(subject, message));
        if (underWay.size() == MOST_UNDER_WAY) {
          last = stored(underWay.remove());
        }
      }
      while (!underWay.isEmpty()) {
        last = stored(underWay.remove());
      }
    } finally {
      connection.close();
    }
    return last;
  }

  private static long stored(CompletableFuture<PublishAck> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get().getSeqno();
    } catch (ExecutionException e) {
      throw new IOException("the stream can't be filled: " + e.getMessage(), e);
    }
  }

  private static OneEvent event(long relay, int number, long micros) {
    int sender = 1 + number % USERS;
    String id = String.format("%032x", number);
    EncodedEvent encoded =
        EventEncoder.message(EventId.of(id, micros), "chat-" + sender, id, TEXT, sender, micros);
    return new OneEvent(
        relay,
        encoded.id(),
        sender,
        micros,
        micros,
        micros,
        0,
        false,
        Audience.of(1 + (number + 1) % USERS),
        encoded.head(),
        encoded.middle(),
        encoded.tail());
  }
}
