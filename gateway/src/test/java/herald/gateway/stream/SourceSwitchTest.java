package herald.gateway.stream;

import static herald.gateway.stream.SwitchModel.GAP;
import static herald.gateway.stream.SwitchModel.database;
import static herald.gateway.stream.SwitchModel.events;
import static herald.gateway.stream.SwitchModel.mark;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.feed.FeedMark;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two sources of the same events, of which one at a time goes into the event log. */
class SourceSwitchTest {
  private final SwitchModel model = new SwitchModel();

  @Test
  void theDatabaseGoesOnWhereTheStreamHasEnded() {
    model.stream(1, 2);
    model.streamMark(3);
    model.stream(3, 4);
    SourceSwitch.Begin begin = model.sources.begin();
    assertThat(begin.mark().point().xmin()).isEqualTo(3);
    assertThat(begin.knownSinceMicros()).isZero();
    database(begin, 3, 4, 5);
    database(begin, 6);
    assertThat(model.log).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void theStreamGoesOnWhereTheDatabaseHasEnded() {
    model.streamMark(1);
    SourceSwitch.Begin begin = model.sources.begin();
    database(begin, 1, 2, 3);
    model.stream(1, 2);
    model.sources.end();
    model.stream(3, 4);
    assertThat(model.log).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whatTheStreamBringsBeforeTheDatabaseComesInTheDatabasesTurn() {
    model.streamMark(1);
    SourceSwitch.Begin begin = model.sources.begin();
    model.stream(1, 2, 3);
    assertThat(model.log).isEmpty();
    database(begin, 1, 2);
    model.sources.end();
    database(begin, 3);
    model.stream(4);
    assertThat(model.log).containsExactly(1, 2, 3, 4);
  }

  @Test
  void whatHasComeToNothingInTheDatabaseDoesNotComeBehindWhatFollowedIt() {
    model.streamMark(1);
    SourceSwitch.Begin begin = model.sources.begin();
    model.stream(1, 2);
    database(begin, 1, 3, 5);
    model.databaseMark(begin, 6);
    model.sources.end();
    model.stream(3, 4, 5, 6);
    assertThat(model.log).containsExactly(1, 3, 5, 6);
  }

  @Test
  void whatARelayHasFoundLateComesAllTheSame() {
    model.streamMark(1);
    SourceSwitch.Begin begin = model.sources.begin();
    database(begin, 1, 3);
    model.streamMark(4);
    model.stream(2);
    model.databaseMark(begin, 4);
    model.sources.end();
    assertThat(model.log).containsExactly(1, 3, 2);
  }

  @Test
  void aStreamThatWasMadeAnewIsNoGapWhenTheDatabaseHasWhatItLacks() {
    model.streamMark(1);
    SourceSwitch.Begin begin = model.sources.begin();
    database(begin, 1, 2);
    assertThat(model.sources.onMissing()).isFalse();
    model.streamMark(3);
    model.databaseMark(begin, 3);
    assertThat(model.sources.state()).isEqualTo(ReturnRule.State.UNCOVERED);
    model.nowSeconds += 3;
    model.databaseMark(begin, 3);
    model.streamMark(3);
    assertThat(model.sources.state()).isEqualTo(ReturnRule.State.COMPLETE);
    model.sources.end();
    model.stream(3);
    assertThat(model.log).containsExactly(1, 2, 3);
  }

  @Test
  void withoutTheDatabaseItIsAGap() {
    assertThat(model.sources.onMissing()).isTrue();
    model.streamMark(1);
    SourceSwitch.Begin begin = model.sources.begin();
    model.sources.onMissing();
    model.stream(4);
    model.sources.end();
    database(begin, 3);
    assertThat(model.log).containsExactly(GAP, 4);
  }

  @Test
  void aMarkHasNoPlaceWhileTheLogIsAheadOfTheStream() {
    assertThat(model.streamMark(1)).isTrue();
    SourceSwitch.Begin begin = model.sources.begin();
    database(begin, 1, 2);
    assertThat(model.streamMark(1)).isFalse();
    model.sources.end();
    assertThat(model.streamMark(2)).isFalse();
    model.nowSeconds += 10;
    assertThat(model.streamMark(3)).isTrue();
  }

  @Test
  void theLastMarkIsOfTheSourceAtHand() {
    model.streamMark(1);
    SourceSwitch.Begin begin = model.sources.begin();
    model.databaseMark(begin, 7);
    model.streamMark(2);
    assertThat(model.sources.lastMark()).isEqualTo(mark(7, model.nowSeconds));
    model.sources.end();
    model.databaseMark(begin, 9);
    model.streamMark(3);
    assertThat(model.sources.lastMark()).isEqualTo(mark(3, model.nowSeconds));
  }

  @Test
  void aTransactionThatIsOpenForLongerThanEventsAreKnownIsAGap() {
    for (int span = 0; span < 4; span++) {
      model.stream(IntStream.range(span * 10 + 10, span * 10 + 20).toArray());
      model.nowSeconds += 61;
    }
    model.sources.onMark(
        new FeedMark(
            SwitchModel.point(50, model.nowSeconds),
            SwitchModel.point(11, model.nowSeconds),
            SwitchModel.point(11, model.nowSeconds)));
    model.log.clear();
    assertThat(model.sources.begin().knownSinceMicros()).isPositive();
    assertThat(model.log).containsExactly(GAP);
  }

  @Test
  void whatWasInTheStreamAtTheStartIsKnownToo() {
    model.sources.publishPast(events(1, 2), 0);
    model.streamMark(3);
    database(model.sources.begin(), 1, 2, 3);
    assertThat(model.log).containsExactly(1, 2, 3);
  }
}
