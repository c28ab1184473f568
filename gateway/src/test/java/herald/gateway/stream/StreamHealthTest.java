package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an instance says of the stream. */
class StreamHealthTest {
  private long nowNanos = 1;
  private @Nullable String readingProblem;
  private final StreamHealth health =
      new StreamHealth(() -> readingProblem, 3_000, 30_000, () -> nowNanos, this::now);

  private Instant now() {
    return Instant.EPOCH.plusNanos(nowNanos);
  }

  private void mark() {
    health.onMark(TimeUnit.NANOSECONDS.toMicros(nowNanos));
  }

  private void pass(long seconds) {
    nowNanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void itBeginsWithAMarkBehindTheEndAtTheStart() {
    assertThat(health.problem()).isEqualTo("the past of the stream is being read");
    mark();
    assertThat(health.hasBegun()).isFalse();
    health.onEndReached();
    assertThat(health.problem()).isEqualTo("no relay has published yet");
    mark();
    assertThat(health.hasBegun()).isTrue();
    assertThat(health.problem()).isNull();
  }

  @Test
  void aSilentRelayAndALostEngineAreToldApart() {
    health.onEndReached();
    mark();
    pass(4);
    assertThat(health.problem()).isEqualTo("no relay has published for 4 s");
    assertThat(health.hasBegun()).isTrue();
    readingProblem = "the stream engine does not answer";
    assertThat(health.problem()).isEqualTo("the stream engine does not answer");
    readingProblem = null;
    mark();
    assertThat(health.problem()).isNull();
  }

  @Test
  void marksThatComeAreNotEnoughIfTheyAreOld() {
    health.onEndReached();
    mark();
    pass(40);
    health.onMark(0);
    assertThat(health.problem())
        .isEqualTo("the last mark of the stream is 40 s old by the database's clock");
    assertThat(health.markAgeSeconds()).isEqualTo(40, within(0.1));
    mark();
    assertThat(health.problem()).isNull();
    assertThat(health.markAgeSeconds()).isZero();
  }

  /** A relay may be busy, and the clock of the database a second behind. */
  @Test
  void aMarkMayBeSomewhatOldOrAhead() {
    health.onEndReached();
    pass(31);
    health.onMark(0);
    assertThat(health.problem()).isNull();
    health.onMark(TimeUnit.SECONDS.toMicros(33));
    assertThat(health.problem()).isNull();
    assertThat(health.markAgeSeconds()).isZero();
  }

  @Test
  void afterALossOfTheEngineItIsReadyWhenItHasReadWhatCameMeanwhile() {
    health.onEndReached();
    mark();
    health.onBehind();
    mark();
    assertThat(health.problem()).isEqualTo("what came into the stream meanwhile is being read");
    health.onCaughtUp();
    assertThat(health.problem()).isNull();
  }

  @Test
  void aRelayThatPublishesEventsIsThereThoughItsNextMarkIsFarBehindThem() {
    health.onEndReached();
    mark();
    for (int i = 0; i < 4; i++) {
      pass(2);
      health.onEvent(nowNanos);
    }
    assertThat(health.problem()).isNull();
    assertThat(health.markAgeSeconds()).isEqualTo(8);
    pass(4);
    assertThat(health.problem()).isEqualTo("no relay has published for 4 s");
  }

  @Test
  void eventsWithoutAMarkAreNoBeginning() {
    health.onEndReached();
    health.onEvent(nowNanos);
    assertThat(health.hasBegun()).isFalse();
    assertThat(health.problem()).isEqualTo("no relay has published yet");
  }
}
