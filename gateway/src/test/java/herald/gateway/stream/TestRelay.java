package herald.gateway.stream;

import herald.gateway.config.StreamSettings;
import herald.gateway.database.ServerIdentity;
import herald.gateway.fanout.Audience;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.gateway.testing.NatsServer;
import herald.protocol.EventId;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is published as a relay does it, as a test wants it: events one by one, and marks at
 * intervals while it is told to write them. It has no database and no order to keep.
 */
public final class TestRelay implements AutoCloseable {
  private static final long MARK_MILLIS = 100;
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final NatsServer server;
  private final StreamSettings settings;
  private final Thread marks = new Thread(this::mark, "test-relay");
  private volatile boolean isSilent;
  private @Nullable Connection connection;

  /** Begins to write marks. */
  public TestRelay(NatsServer server) {
    this.server = server;
    settings = server.settings();
    marks.setDaemon(true);
    marks.start();
  }

  /** Writes no marks from now on, or writes them again. */
  public void silent(boolean is) {
    isSilent = is;
  }

  private void mark() {
    long probe = 0;
    try {
      while (true) {
        if (!isSilent) {
          try {
            publish(new PointMark(1, mark(++probe), 0));
          } catch (IOException e) {
            // The server is away: the next one.
          }
        }
        TimeUnit.MILLISECONDS.sleep(MARK_MILLIS);
      }
    } catch (InterruptedException e) {
      // The end.
    }
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  private static FeedMark mark(long probe) {
    FeedPoint point =
        new FeedPoint(
            probe, nowMicros(), 1_000 + probe, 9, 9, new ServerIdentity(3, false, "1"), "1/2/1");
    return new FeedMark(point, point, point);
  }

  private synchronized long publish(StreamMessage message)
      throws IOException, InterruptedException {
    try {
      Connection now = connection;
      if (now == null || now.getStatus() != Connection.Status.CONNECTED) {
        now = server.connect();
        connection = now;
      }
      return StreamApi.jetStream(now)
          .publish(settings.eventSubject(), StreamCodec.encode(message))
          .getSeqno();
    } catch (JetStreamApiException | IllegalStateException e) {
      throw new IOException(e);
    }
  }

  /** Publishes a message of this name to these users. */
  public void event(String name, int... users) throws IOException, InterruptedException {
    long now = nowMicros();
    long written =
        publish(
            new OneEvent(
                1,
                EventId.of(name, NUMBERS.incrementAndGet()),
                4_711,
                now,
                now,
                now,
                NUMBERS.get(),
                false,
                Audience.of(users),
                bytes(
                    "{\"rpc\":{\"method\":\"chat.message\",\"params\":{\"message_id\":\""
                        + name
                        + "\"}},\"metadata\":{\"receiverUserId\":\""),
                bytes("\"}}"),
                bytes("")));
    if (written <= 0) {
      throw new IOException("the event has no place in the stream");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    marks.interrupt();
    try {
      marks.join();
      Connection now = connection;
      if (now != null) {
        now.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
