package herald.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.database.ServerIdentity;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import herald.gateway.feed.FeedPoint;
import herald.gateway.metrics.RelayMeters;
import herald.gateway.stream.PublishedEvents;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What has been published is known from the first message of the stream on, not from later. */
class RelayReadingTest {
  private static final long OTHER = 2;
  private static final long SECOND = TimeUnit.SECONDS.toMicros(1);

  private final RelayReading reading =
      new RelayReading(
          new RelayQueue(
              1,
              3,
              1 << 20,
              new RelayDuty(1_000, 0, () -> 0, () -> {}),
              new PublishedEvents(60_000),
              System::nanoTime,
              new RelayMeters(new SimpleMeterRegistry())));

  private static FeedMark mark(long clockMicros, long xmin) {
    FeedPoint point =
        new FeedPoint(1, clockMicros, xmin, 1, 1, new ServerIdentity(0, false, ""), "cluster/1");
    return new FeedMark(point, point, point);
  }

  private static OneEvent event(long committedAtMicros, int xid) {
    EncodedEvent encoded =
        EncodedEvent.of(new EventId(1, xid, 0), new byte[9], new byte[9], new byte[0], 7);
    return OneEvent.of(
        OTHER,
        new Event(encoded, Audience.of(1), committedAtMicros, new RowOrder(xid, 0, 0, false)),
        committedAtMicros,
        0);
  }

  @Test
  void sinceAMarkThatStandsBeforeTheFirstEvent() {
    reading.onMessage(1, 0, new PointMark(OTHER, mark(50 * SECOND, 10), 0));
    reading.onMessage(2, 0, event(90 * SECOND, 30));
    assertThat(reading.knownSinceMicros(mark(100 * SECOND, 10))).isEqualTo(49 * SECOND);
  }

  @Test
  void ofAllIfNoTransactionHasBeenOpenSinceThen() {
    reading.onMessage(1, 0, new PointMark(OTHER, mark(50 * SECOND, 10), 0));
    assertThat(reading.knownSinceMicros(mark(100 * SECOND, 11))).isZero();
  }
}
