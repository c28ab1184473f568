package herald.gateway.stream;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.stream.KnownStream.Loss;
import io.nats.client.api.StreamInfo;
import io.nats.client.support.JsonParser;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whether a stream that is opened again still has what comes next. */
class KnownStreamTest {
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant FIRST = MADE.plusSeconds(100);
  private static final Instant LAST = MADE.plusSeconds(200);

  private static StreamInfo info(Instant made, long first, long last) throws Exception {
    return new StreamInfo(
        JsonParser.parse(
            """
            {"config": {"name": "herald", "subjects": ["herald.events"], "max_age": 600000000000},
             "created": "%s",
             "state": {"messages": %d, "bytes": 1, "first_seq": %d, "first_ts": "%s",
               "last_seq": %d, "last_ts": "%s", "consumer_count": 0}}
            """
                .formatted(made, Math.max(0, last - first + 1), first, FIRST, last, LAST)));
  }

  private static KnownStream readUpTo(long sequence) throws Exception {
    KnownStream stream = new KnownStream(Instant.EPOCH, 0);
    stream.onOpened(info(MADE, 1, sequence));
    stream.onTaken(sequence, LAST);
    stream.onRead(sequence);
    return stream;
  }

  @Test
  void beginsByTimeOrBehindTheEndIfNothingIsAsLate() throws Exception {
    KnownStream early = new KnownStream(LAST, 0);
    early.onOpened(info(MADE, 1, 9));
    assertThat(early.next()).isZero();
    KnownStream late = new KnownStream(LAST.plusSeconds(1), 0);
    late.onOpened(info(MADE, 1, 9));
    assertThat(late.next()).isEqualTo(10);
    assertThat(late.readUntil()).isEqualTo(9);
    assertThat(late.readsNothingBefore(9)).isTrue();
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    KnownStream stream = readUpTo(9);
    assertThat(stream.passOverMissing(info(MADE, 10, 12))).isNull();
    assertThat(stream.next()).isEqualTo(10);
    assertThat(stream.isAllOf(info(MADE, 1, 9))).isTrue();
    assertThat(stream.isAllOf(info(MADE, 1, 10))).isFalse();
  }

  /** The engine says an earlier time for a moment while it makes the stream. */
  @Test
  void aTimeThatTheEngineCorrectsMakesItNoOtherStream() throws Exception {
    KnownStream stream = readUpTo(9);
    StreamInfo corrected = info(MADE.plusMillis(80), 1, 9);
    assertThat(stream.isAllOf(corrected)).as("what is known of it is to be corrected").isFalse();
    assertThat(stream.passOverMissing(corrected)).isNull();
    stream.onOpened(corrected);
    assertThat(stream.isAllOf(corrected)).isTrue();
    assertThat(stream.next()).isEqualTo(10);
  }

  @Test
  void saysWhatHasLeftBeforeItWasRead() throws Exception {
    KnownStream stream = readUpTo(9);
    assertThat(stream.passOverMissing(info(MADE, 13, 20)))
        .isEqualTo(
            new Loss(Loss.Kind.UNREAD, "3 messages have left the stream before they were read"));
    assertThat(stream.next()).isEqualTo(13);
  }

  @Test
  void whenTheLastMessagesAreLostWhatFollowsIsReadByTime() throws Exception {
    KnownStream stream = readUpTo(9);
    Loss loss = stream.passOverMissing(info(MADE, 1, 5));
    assertThat(loss).isEqualTo(new Loss(Loss.Kind.READ, "the stream has lost its last messages"));
    assertThat(stream.askFrom()).isZero();
    assertThat(stream.from()).isBetween(LAST.minusSeconds(10), LAST);
    assertThat(stream.isBehind(6)).isFalse();
  }

  @Test
  void whoBeganWithTheFirstMessageBeginsWithItAgain() throws Exception {
    KnownStream stream = new KnownStream(Instant.EPOCH, 1);
    stream.onOpened(info(MADE, 1, 9));
    stream.onTaken(9, LAST);
    stream.onRead(9);
    assertThat(stream.passOverMissing(info(MADE, 1, 5))).isNotNull();
    assertThat(stream.askFrom()).isEqualTo(1);
    assertThat(stream.readUntil()).isZero();
  }

  @Test
  void theMessageThatWasReadLastShowsWhetherOthersStandInThePlaceOfThoseThatAreLost()
      throws Exception {
    KnownStream stream = readUpTo(9);
    assertThat(stream.passOverMissing(info(MADE, 1, 12))).isNull();
    assertThat(stream.askFrom()).isEqualTo(9);
    assertThat(stream.isInPlaceOfTheLast(9, LAST)).isFalse();
    assertThat(stream.isInPlaceOfTheLast(9, LAST.plusNanos(1))).isTrue();
    stream.beginAgain();
    assertThat(stream.isInPlaceOfTheLast(9, LAST.plusNanos(1))).isFalse();
  }

  @Test
  void aStreamThatIsMadeAnewIsAnother() throws Exception {
    KnownStream stream = readUpTo(9);
    StreamInfo other = info(MADE.plusSeconds(1), 1, 20);
    assertThat(stream.isAllOf(info(MADE.plusSeconds(1), 1, 9))).isFalse();
    assertThat(stream.passOverMissing(other))
        .isEqualTo(new Loss(Loss.Kind.ALL, "the stream was made anew"));
    assertThat(stream.next()).isEqualTo(1);
    assertThat(stream.readUntil()).isZero();
  }

  @Test
  void coversWhatItHasHadSinceItWasMadeOrSinceItsFirstMessage() throws Exception {
    assertThat(readUpTo(9).coveredSince()).isEqualTo(MADE);
    KnownStream stream = new KnownStream(Instant.EPOCH, 0);
    stream.onOpened(info(MADE, 5, 9));
    assertThat(stream.coveredSince()).isEqualTo(FIRST);
    stream.onOpened(info(MADE, 10, 9));
    assertThat(stream.coveredSince()).as("all have left").isEqualTo(LAST);
  }

  @Test
  void countsWhatIsBetweenTwoMessages() throws Exception {
    KnownStream stream = readUpTo(9);
    assertThat(stream.missingBefore(10)).isZero();
    assertThat(stream.missingBefore(12)).isEqualTo(2);
    assertThat(stream.isBehind(9)).isTrue();
    assertThat(stream.isBehind(10)).isFalse();
  }
}
