package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.fanout.ReplaySource;
import herald.gateway.feed.EventSource;
import herald.gateway.supervision.Supervisor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When the database's notifications are read, with clocks that the test moves. */
class FallbackTest {
  private static final long AFTER_MILLIS = 5_000;

  private final SwitchModel model = new SwitchModel();
  private final List<SourceSwitch.Begin> begun = new ArrayList<>();
  private @Nullable String streamProblem;
  private @Nullable String databaseProblem;
  private boolean hasBegun = true;
  private int open;
  private boolean canBegin = true;
  private final Fallback fallback =
      new Fallback(
          model.sources,
          this::feed,
          () -> hasBegun,
          () -> streamProblem,
          AFTER_MILLIS,
          () -> TimeUnit.SECONDS.toNanos(model.nowSeconds),
          model.meters.stream(),
          new Supervisor(model.meters.supervision(), () -> 0));

  private EventSource feed(SourceSwitch.Begin begin) {
    begun.add(begin);
    return new EventSource() {
      @Override
      public void start() {
        if (!canBegin) {
          throw new IllegalStateException("no thread");
        }
        open++;
      }

      @Override
      public ReplaySource replays() {
        throw new UnsupportedOperationException();
      }

      @Override
      public boolean hasBegun() {
        return true;
      }

      @Override
      public @Nullable String problem() {
        return databaseProblem;
      }

      @Override
      public void close() {
        open--;
      }
    };
  }

  /** Time passes, and it looks each second; the stream has marks while it is well. */
  private void pass(long seconds) {
    for (long i = 0; i < seconds; i++) {
      model.nowSeconds++;
      if (streamProblem == null) {
        model.streamMark(1);
      }
      fallback.turn();
    }
  }

  private void fallBack() {
    model.streamMark(1);
    streamProblem = "away";
    pass(6);
    assertThat(fallback.isActive()).isTrue();
  }

  @Test
  void aShortLossChangesNothing() {
    model.streamMark(1);
    streamProblem = "away";
    pass(4);
    streamProblem = null;
    pass(1);
    streamProblem = "away";
    pass(5);
    assertThat(fallback.isActive()).isFalse();
    pass(1);
    assertThat(fallback.isActive()).isTrue();
    assertThat(open).isEqualTo(1);
  }

  @Test
  void beforeThePastOfTheStreamHasBeenReadItWaits() {
    hasBegun = false;
    streamProblem = "away";
    pass(60);
    assertThat(begun).isEmpty();
  }

  @Test
  void itIsReadyWhenTheDatabasesFeedIs() {
    databaseProblem = "the feed is catching up";
    fallBack();
    assertThat(fallback.problem()).endsWith("the feed is catching up");
    databaseProblem = null;
    assertThat(fallback.problem()).isNull();
  }

  @Test
  void itGoesBackWhenTheStreamHasBeenWellForAsLong() {
    fallBack();
    streamProblem = null;
    pass(3);
    streamProblem = "away again";
    pass(1);
    streamProblem = null;
    pass(5);
    assertThat(fallback.isActive()).isTrue();
    pass(1);
    assertThat(fallback.isActive()).isFalse();
    assertThat(open).isZero();
    assertThat(model.sources.isDatabase()).isFalse();
  }

  @Test
  void aStreamThatIsFarBehindIsWaitedForWhileTheDatabaseIsWell() {
    fallBack();
    model.nowSeconds += 60;
    model.databaseMark(begun.get(0), 9);
    model.nowSeconds -= 60;
    streamProblem = null;
    pass(20);
    assertThat(fallback.isActive()).isTrue();
    databaseProblem = "the listener is lost";
    pass(1);
    assertThat(fallback.isActive()).isFalse();
  }

  @Test
  void whatTheStreamLacksIsWaitedForButNotForEver() {
    fallBack();
    model.sources.onMissing();
    streamProblem = null;
    pass(30);
    assertThat(fallback.isActive()).isTrue();
    pass(1);
    assertThat(fallback.isActive()).isFalse();
    assertThat(model.log).containsExactly(SwitchModel.GAP);
  }

  @Test
  void aFeedThatCantBeBegunIsTriedAgain() {
    canBegin = false;
    model.streamMark(1);
    streamProblem = "away";
    assertThatThrownBy(() -> pass(6)).hasMessage("no thread");
    assertThat(model.sources.isDatabase()).isFalse();
    canBegin = true;
    pass(1);
    assertThat(fallback.isActive()).isTrue();
    assertThat(begun).hasSize(2);
  }

  @Test
  void theEndOfTheInstanceEndsTheFeedForGood() {
    fallBack();
    fallback.close();
    assertThat(open).isZero();
    pass(20);
    assertThat(begun).hasSize(1);
  }
}
