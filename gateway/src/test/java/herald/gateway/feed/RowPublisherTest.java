package herald.gateway.feed;

import static herald.gateway.feed.RowPublisherFixture.ARTIST;
import static herald.gateway.feed.RowPublisherFixture.FRIEND;
import static herald.gateway.feed.RowPublisherFixture.OTHER_ARTIST;
import static herald.gateway.feed.RowPublisherFixture.blast;
import static herald.gateway.feed.RowPublisherFixture.message;
import static herald.gateway.feed.RowPublisherFixture.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.testing.BrittleRegistry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of blasts and of what comes behind them, whatever their expansion comes to. */
class RowPublisherTest {
  private static final long PLENTY = 1L << 40;

  /** PostgreSQL manual, appendix "PostgreSQL Error Codes". */
  private static final String QUERY_CANCELED = "57014";

  private static final String INVALID_TEXT = "22P02";
  private static final String INTERNAL_ERROR = "XX000";

  private RowPublisherFixture rows =
      new RowPublisherFixture(new SimpleMeterRegistry(), new BlastBarrier());

  private void begin(MeterRegistry registry, BlastBarrier barrier) {
    rows.close();
    rows = new RowPublisherFixture(registry, barrier);
  }

  @AfterEach
  void close() {
    rows.close();
  }

  private void assertGivenUp(String blastId) throws Exception {
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("behind " + blastId);
    assertThat(rows.blasts(Outcome.PUSHED)).isZero();
    rows.publish(message(ARTIST, "later"));
    assertThat(rows.arrived()).as("nothing is held up").containsExactly("later");
    assertThat(rows.publisher.rowsPublished()).isEqualTo(rows.publisher.rowsRead());
  }

  @Test
  void whatIsInTheSendersChatsComesBehindABlastAndTheRestPasses() throws Exception {
    rows.publish(blast(ARTIST, "b"), message(ARTIST, "behind b"), message(FRIEND, "m"));
    assertThat(rows.arrived()).containsExactly("m");
    assertThat(rows.publisher.rowsPublished()).isZero();
    rows.find("b");
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("b", "behind b");
    assertThat(rows.publisher.rowsPublished()).isEqualTo(3);
  }

  @Test
  void aBlastBehindWhatWaitsForAnotherInAChatGoesOnWithIt() throws Exception {
    rows.publish(blast(ARTIST, "b"), read(ARTIST), blast(OTHER_ARTIST, "c"));
    rows.findInChatWith(ARTIST, "c");
    rows.publishDone(1);
    assertThat(rows.arrived()).as("its message may have to be behind that of the other").isEmpty();
    rows.find("b");
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("b", "c");
    assertThat(rows.publisher.rowsPublished()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {QUERY_CANCELED, INVALID_TEXT})
  void aBlastThatTakesTooLongOrCantBeReadIsGivenUpAtOnce(String sqlState) throws Exception {
    rows.publish(blast(ARTIST, "b"), message(ARTIST, "behind b"));
    rows.fail("b", new SQLException("no", sqlState));
    assertGivenUp("b");
    assertThat(rows.asked).containsExactly("b");
    assertThat(rows.blasts(Outcome.UNREADABLE)).isEqualTo(1);
  }

  @Test
  void aBlastThatFailsOtherwiseIsTriedAgainAndThenGivenUp() throws Exception {
    rows.publish(blast(ARTIST, "b"), message(ARTIST, "behind b"));
    rows.fail("b", new SQLException("no", INTERNAL_ERROR));
    assertGivenUp("b");
    assertThat(rows.asked).containsExactly("b", "b", "b");
    assertThat(rows.blasts(Outcome.UNREADABLE)).isEqualTo(1);
  }

  @Test
  void anErrorCostsThatBlastAlone() throws Exception {
    rows.publish(blast(ARTIST, "b"), message(ARTIST, "behind b"), blast(OTHER_ARTIST, "c"));
    rows.fail("b", new OutOfMemoryError());
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("behind b");
    assertThat(rows.blasts(Outcome.UNREADABLE)).isEqualTo(1);
    rows.find("c");
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("c");
  }

  @Test
  void whatWaitsForABlastThatIsNotThereGoesOn() throws Exception {
    rows.publish(blast(ARTIST, "b"), message(ARTIST, "behind b"));
    rows.findNone("b");
    assertGivenUp("b");
    assertThat(rows.blasts(Outcome.UNKNOWN_BLAST)).isEqualTo(1);
  }

  @Test
  void whatWaitedForABlastThatIsNotThereIsInDoubt() throws Exception {
    rows.publish(blast(ARTIST, "b"), message(ARTIST, "behind b"));
    rows.findNone("b");
    rows.publishDone(1);
    rows.publish(message(FRIEND, "m"));
    assertThat(rows.behind("m")).containsExactly("behind b");
  }

  @Test
  void blastsBeyondTheBoundsAreOneGapInTheTurnOfTheLastThatWaits() throws Exception {
    begin(new SimpleMeterRegistry(), new BlastBarrier(4, PLENTY));
    rows.publish(blast(ARTIST, "b", 1), blast(ARTIST, "c", 2), blast(ARTIST, "d", 3));
    rows.publish(blast(ARTIST, "e", 4), blast(ARTIST, "f", 5), message(ARTIST, "m"));
    assertThat(rows.arrived()).as("in the place of the message").containsExactly("gap");
    assertThat(rows.gaps()).isEqualTo(1);
    assertThat(rows.blasts(Outcome.TOO_MANY_WAITING)).as("joined").isEqualTo(2);
    for (String blast : List.of("b", "c")) {
      rows.find(blast);
      rows.publishDone(1);
      assertThat(rows.arrived()).containsExactly(blast);
    }
    rows.findGap("d");
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("gap");
    assertThat(rows.asked).containsExactly("b", "c", "d as a gap of 3 to 5");
    rows.publish(blast(ARTIST, "g"));
    rows.find("g");
    rows.publishDone(1);
    assertThat(rows.arrived()).as("there is room again").containsExactly("g");
    assertThat(rows.publisher.rowsPublished()).isEqualTo(rows.publisher.rowsRead());
  }

  @Test
  void withoutRoomForABlastReadingWaitsBehindWhatHasBeenRead() throws Exception {
    begin(new SimpleMeterRegistry(), new BlastBarrier(1, PLENTY));
    List<String> whileWaiting = new ArrayList<>();
    int[] turns = {0};
    rows.onTurn =
        () -> {
          if (++turns[0] > RowPublisherFixture.MOST_WAITS) {
            throw new IllegalStateException("there is no room for ever");
          }
          whileWaiting.addAll(rows.arrived());
          rows.find("b");
        };
    rows.publish(
        blast(ARTIST, "b"), message(FRIEND, "m"), blast(OTHER_ARTIST, "c"), message(FRIEND, "n"));
    assertThat(turns[0]).isPositive();
    assertThat(whileWaiting).as("published before it waits").startsWith("m");
    whileWaiting.addAll(rows.arrived());
    assertThat(whileWaiting).containsExactly("m", "b", "n");
    assertThat(rows.asked).startsWith("b");
    rows.find("c");
    rows.publishDone(2);
    assertThat(rows.arrived()).containsExactly("c");
    assertThat(rows.publisher.rowsPublished()).isEqualTo(4);
  }

  /** All but the last of more than are waited for. */
  private static RpcLog[] blastsOneTooMany() {
    RpcLog[] blasts = new RpcLog[BlastBarrier.MAX_BESIDE_AHEAD + 1];
    for (int i = 0; i < blasts.length; i++) {
      blasts[i] = blast(ARTIST, "b" + i);
    }
    return blasts;
  }

  @Test
  void theTableIsReadNoFasterThanAudiencesAreFound() throws Exception {
    rows.onTurn = () -> rows.find("b0");
    rows.publisher.onTableBegin(false);
    rows.publish(blastsOneTooMany());
    rows.publish(message(ARTIST, "m"));
    assertThat(rows.arrived()).as("the message waits for the rest").containsExactly("b0");
    assertThat(rows.gaps()).isZero();
    rows.publisher.onTableEnd();
    rows.publish(blast(ARTIST, "b0 again"), message(ARTIST, "n"));
    assertThat(rows.arrived()).as("nobody waits for what is live").containsExactly("gap");
  }

  @Test
  void theReadingOfTheTableWaitsNoLongerThanItMay() throws Exception {
    rows.publisher.onTableBegin(false);
    rows.publish(blastsOneTooMany());
    int[] waits = {0};
    rows.onTurn =
        () -> {
          if (++waits[0] > 2 * RowPublisherFixture.MOST_WAITS) {
            throw new IllegalStateException("it waits for ever");
          }
        };
    rows.publish(message(ARTIST, "m"), message(ARTIST, "n"));
    assertThat(rows.arrived()).containsExactly("gap", "gap");
    assertThat(waits[0]).as("in all").isEqualTo(RowPublisherFixture.MOST_WAITS);
  }

  @Test
  void whatCantBeMeasuredIsPublishedAllTheSame() throws Exception {
    begin(new BrittleRegistry(), new BlastBarrier());
    rows.publish(blast(ARTIST, "b"), message(FRIEND, "m"));
    rows.find("b");
    rows.publishDone(1);
    assertThat(rows.asked).containsExactly("b");
  }

  @Test
  void rowsThatAreReadAgainAreNotPublishedAgain() throws Exception {
    // Two are needed for a message.
    int[] countsUntilMemoryIsShort = {2};
    begin(
        new SimpleMeterRegistry() {
          @Override
          protected Counter newCounter(Meter.Id id) {
            return new CumulativeCounter(id) {
              @Override
              public void increment(double amount) {
                if (countsUntilMemoryIsShort[0]-- <= 0) {
                  throw new OutOfMemoryError();
                }
                super.increment(amount);
              }
            };
          }
        },
        new BlastBarrier());
    RpcLog[] same = {
      blast(ARTIST, "b"), message(ARTIST, "behind b"), message(FRIEND, "m"), message(FRIEND, "n")
    };
    assertThatThrownBy(() -> rows.publish(same)).isInstanceOf(OutOfMemoryError.class);
    assertThat(rows.arrived()).as("what was handled before").containsExactly("m");
    countsUntilMemoryIsShort[0] = Integer.MAX_VALUE;
    rows.publish(same);
    assertThat(rows.arrived()).containsExactly("n");
    rows.find("b");
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("b", "behind b");
    assertThat(rows.publisher.rowsPublished())
        .as("nothing is held any more")
        .isEqualTo(rows.publisher.rowsRead());
    assertThat(rows.asked).containsExactly("b");
  }
}
