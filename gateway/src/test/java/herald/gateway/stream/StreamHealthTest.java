package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an instance says of the stream. */
class StreamHealthTest {
  private long nowNanos = 1;
  private @Nullable String readingProblem;
  private final StreamHealth health = new StreamHealth(() -> readingProblem, 3_000, () -> nowNanos);

  @Test
  void itBeginsWithAMarkBehindTheEndAtTheStart() {
    assertThat(health.problem()).isEqualTo("the past of the stream is being read");
    health.onMark();
    assertThat(health.hasBegun()).isFalse();
    health.onEndReached();
    assertThat(health.problem()).isEqualTo("no relay has published yet");
    health.onMark();
    assertThat(health.hasBegun()).isTrue();
    assertThat(health.problem()).isNull();
  }

  @Test
  void aSilentRelayAndALostEngineAreToldApart() {
    health.onEndReached();
    health.onMark();
    nowNanos += TimeUnit.SECONDS.toNanos(4);
    assertThat(health.problem()).isEqualTo("no relay has published for 4 s");
    assertThat(health.hasBegun()).isTrue();
    readingProblem = "the stream engine does not answer";
    assertThat(health.problem()).isEqualTo("the stream engine does not answer");
    readingProblem = null;
    health.onMark();
    assertThat(health.problem()).isNull();
  }
}
