package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.roaringbitmap.RoaringBitmap;

class EventKeyTest {
  private static final RowOrder ORDER = new RowOrder(1, 0, 0, false);

  private static Event gap(Audience audience) {
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    return new Event(EventEncoder.gap(time, time), audience, 7, ORDER);
  }

  private static Audience broadcast(int users) {
    return Audience.of(RoaringBitmap.bitmapOf(IntStream.range(0, users).toArray()));
  }

  /** The same gap may be said in the chats of one row, to the members of each. */
  @Test
  void tellsGapsForOthersApart() {
    assertThat(
            IntStream.rangeClosed(1, 50)
                .mapToObj(user -> gap(Audience.of(user, user + 1)))
                .map(EventKey::of)
                .distinct())
        .hasSize(50);
    assertThat(EventKey.of(gap(broadcast(100)))).isNotEqualTo(EventKey.of(gap(broadcast(101))));
    assertThat(EventKey.of(gap(Audience.everybody())))
        .isEqualTo(EventKey.of(gap(Audience.everybody())));
  }

  @Test
  void isTheSameInTheStream() {
    for (Event event :
        new Event[] {
          gap(Audience.of(1, 2)),
          gap(broadcast(100)),
          new Event(
              EncodedEvent.of(new EventId(1, 2, 3), new byte[9], new byte[9], new byte[0], 7),
              Audience.of(4),
              7,
              ORDER)
        }) {
      byte[] message = StreamCodec.encode(OneEvent.of(1, event, 0, 0));
      assertThat(EventKey.of((OneEvent) StreamCodec.decode(message))).isEqualTo(EventKey.of(event));
    }
  }
}
