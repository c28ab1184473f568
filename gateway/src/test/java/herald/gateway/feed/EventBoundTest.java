package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.FeedSettings;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventBoundTest {
  private static final int BODY_BYTES = 4 << 20;

  private final EventBound bound = new EventBound(10_000);

  private static Event event(int bytes) {
    return new Event(
        EventEncoder.message(EventId.of("sig", 0), "chat", "id", "x".repeat(bytes), 1, 1_000_000),
        Audience.of(3, 4),
        1_000_000,
        RowOrder.committedAt(17));
  }

  @Test
  void aLargerEventIsReplacedByAGapForTheSameUsers() {
    List<Event> events = List.of(event(100), event(10_000), event(20_000));
    assertThat(bound.isAnyOver(events)).isTrue();
    List<Event> within = bound.withGaps(events);
    assertThat(within.get(0)).isSameAs(events.get(0));
    assertThat(within.get(1).audience()).isSameAs(events.get(1).audience());
    assertThat(within.get(1).relayedAtMicros()).isEqualTo(1_000_000);
    assertThat(within.get(1).committedAtNanos()).isEqualTo(17);
    assertThat(new String(within.get(1).encoded().head(), StandardCharsets.UTF_8))
        .contains("\"method\":\"gateway.gap\"")
        .contains("\"from\":\"1970-01-01T00:00:00.999999Z\",\"to\":\"1970-01-01T00:00:01Z\"")
        .doesNotContain("xxx");
    assertThat(within.get(2).encoded().head())
        .as("held once")
        .isSameAs(within.get(1).encoded().head());
    assertThat(within.get(1).encoded().id()).isEqualTo(EventId.of("sig", 0));
    assertThat(bound.isAnyOver(within)).isFalse();
  }

  @Test
  void theBoundIsExact() {
    int around = event(0).encoded().length(0);
    int hashId = 6;
    assertThat(bound.isOver(event(10_000 - around - hashId - 10).encoded())).isFalse();
    assertThat(bound.isOver(event(10_000 - around + 1).encoded())).isTrue();
  }

  @Test
  void theDefaultFitsWhatThePlatformAccepts() {
    EventBound standard = new EventBound(FeedSettings.defaults().maxEventBytes().bytes());
    assertThat(standard.isOver(event(BODY_BYTES).encoded())).isFalse();
    // A body can hold no more of these: each is escaped there as it is in the event.
    Event escaped =
        new Event(
            EventEncoder.message(
                EventId.of("sig", 0), "chat", "id", "\u0001".repeat(BODY_BYTES / 6), 1, 0),
            Audience.of(3),
            0,
            RowOrder.committedAt(0));
    assertThat(standard.isOver(escaped.encoded())).isFalse();
  }
}
