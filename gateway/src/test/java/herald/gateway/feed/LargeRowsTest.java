package herald.gateway.feed;

import static herald.gateway.feed.RowPublisherFixture.ARTIST;
import static herald.gateway.feed.RowPublisherFixture.FAN;
import static herald.gateway.feed.RowPublisherFixture.FRIEND;
import static herald.gateway.feed.RowPublisherFixture.OTHER_ARTIST;
import static herald.gateway.feed.RowPublisherFixture.blast;
import static herald.gateway.feed.RowPublisherFixture.large;
import static herald.gateway.feed.RowPublisherFixture.message;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.ParsedRpc;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of rows with large texts and of what comes behind them, however reading goes. */
class LargeRowsTest {
  private static final long PLENTY = 1L << 40;
  private static final int MANY = 20;

  /** Each has another sender. */
  private static final int FIRST_OF_MANY = 100;

  /** PostgreSQL manual, appendix "PostgreSQL Error Codes". */
  private static final String INVALID_TEXT = "22P02";

  private static final String CONNECTION_FAILURE = "08006";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private RowPublisherFixture rows = new RowPublisherFixture(registry, new BlastBarrier());

  @AfterEach
  void close() {
    rows.close();
  }

  private double count(Outcome outcome) {
    return registry
        .get("herald.rpc.logs")
        .tag("method", "unknown")
        .tag("outcome", outcome.name().toLowerCase(java.util.Locale.ROOT))
        .counter()
        .count();
  }

  /** A message of the artist in a chat with another artist too. */
  private static RpcLog inChatWithOther(String messageId) {
    ParsedRpc rpc = new ParsedRpc("chat.message", null, "three", messageId, null, null);
    StoredMessage stored =
        new StoredMessage(
            messageId,
            "three",
            ARTIST,
            "text",
            List.of(FAN, ARTIST, OTHER_ARTIST),
            List.of(),
            List.of());
    return new RpcLog(
        "row of " + messageId, 1, "{}", rpc, 0, 0, List.of(ARTIST), stored, Set.of(), 0);
  }

  @Test
  void whatIsInTheSendersChatsComesBehindItAndTheRestPasses() throws Exception {
    rows.publish(large(ARTIST, "l"), message(ARTIST, "behind l"), message(FRIEND, "m"));
    assertThat(rows.arrived()).containsExactly("m");
    assertThat(rows.publisher.rowsPublished()).isZero();
    rows.findText("l", message(ARTIST, "l"));
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("l", "behind l");
    assertThat(rows.publisher.rowsPublished()).isEqualTo(3);
  }

  /** On another instance it may have been read later, and the message have been sent before. */
  @Test
  void behindAMessageItIsInDoubt() throws Exception {
    rows.publish(large(ARTIST, "l"), message(ARTIST, "behind l"));
    rows.findText("l", message(ARTIST, "l"));
    rows.publishDone(1);
    assertThat(rows.behind("behind l")).containsExactly("l");
  }

  @Test
  void whatWaitedForOneThatComesToNothingIsInDoubt() throws Exception {
    rows.publish(large(ARTIST, "l"), message(ARTIST, "behind l"));
    rows.failText("l", new SQLException("no", INVALID_TEXT));
    rows.publishDone(1);
    rows.publish(message(FRIEND, "m"));
    assertThat(rows.behind("m")).containsExactly("behind l");
  }

  @Test
  void itWaitsForTheEarlierBlastOfSomebodyInItsChatAndIsReadAgain() throws Exception {
    rows.publish(blast(OTHER_ARTIST, "b"), large(ARTIST, "l"));
    rows.findText("l", inChatWithOther("l"));
    rows.publishDone(1);
    assertThat(rows.arrived()).isEmpty();
    rows.find("b");
    rows.publishDone(1);
    // It may be read again before that has returned.
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("b", "l");
    assertThat(rows.asked).containsExactlyInAnyOrder("b", "l", "l");
    assertThat(rows.publisher.rowsPublished()).isEqualTo(2);
  }

  @Test
  void aLargeBlastIsExpandedInItsTurn() throws Exception {
    rows.publish(large(ARTIST, "b"), message(ARTIST, "behind b"));
    rows.findText("b", blast(ARTIST, "b"));
    rows.publishDone(1);
    assertThat(rows.arrived()).isEmpty();
    rows.find("b");
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("b", "behind b");
  }

  @Test
  void oneThatCantBeReadCostsItselfAlone() throws Exception {
    rows.publish(large(ARTIST, "l"), message(ARTIST, "behind l"));
    rows.failText("l", new SQLException("no", INVALID_TEXT));
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("behind l");
    assertThat(count(Outcome.UNREADABLE)).isEqualTo(1);
    assertThat(rows.asked).containsExactly("l");
  }

  @Test
  void tooLittleMemoryForOneCostsItAlone() throws Exception {
    rows.publish(large(ARTIST, "l"), message(ARTIST, "behind l"));
    rows.failText("l", new OutOfMemoryError());
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("behind l");
    assertThat(count(Outcome.UNREADABLE)).isEqualTo(1);
  }

  @Test
  void oneThatIsNotThereAnyMoreHoldsNothingUp() throws Exception {
    rows.publish(large(ARTIST, "l"), message(ARTIST, "behind l"));
    rows.findText("l", null);
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("behind l");
    assertThat(count(Outcome.MISSING_ROW)).isEqualTo(1);
  }

  @Test
  void whileTheDatabaseIsAwayItIsAskedForAgain() throws Exception {
    rows.publish(large(ARTIST, "l"), message(ARTIST, "behind l"));
    rows.failText("l", new SQLException("no", CONNECTION_FAILURE));
    Eventually.holds("it is asked for again", 20, () -> rows.asked.size() >= 4);
    rows.publisher.publishDone();
    assertThat(rows.arrived()).isEmpty();
    rows.findText("l", message(ARTIST, "l"));
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("l", "behind l");
    assertThat(count(Outcome.UNREADABLE)).isZero();
  }

  @Test
  void twoAreReadAtOnce() throws Exception {
    for (int i = 0; i < MANY; i++) {
      rows.publish(large(FIRST_OF_MANY + i, "l" + i));
    }
    for (int read = 0; read < MANY - 2; read++) {
      int begun = read + 2;
      Eventually.holds("two are being read", 20, () -> rows.asked.size() >= begun);
      assertThat(rows.asked).hasSize(begun);
      String next = rows.asked.get(read);
      rows.findText(next, message(FIRST_OF_MANY + Integer.parseInt(next.substring(1)), next));
      rows.publishDone(1);
      assertThat(rows.arrived()).containsExactly(next);
    }
  }

  @Test
  void beyondTheBoundsSeveralOfOneSenderAreOneGap() throws Exception {
    rows.close();
    rows = new RowPublisherFixture(new SimpleMeterRegistry(), new BlastBarrier(3, PLENTY));
    rows.publish(large(ARTIST, "l"), large(ARTIST, "m"), large(ARTIST, "n"));
    rows.findText("l", message(ARTIST, "l"));
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("l");
    rows.findGap("");
    rows.publishDone(1);
    assertThat(rows.arrived()).containsExactly("gap");
    assertThat(rows.asked).containsExactly("l", " as a gap of 0 to 0");
  }

  @Test
  void oneOfNobodyIsNotRead() throws Exception {
    RpcLog ofNobody = new RpcLog("sig", 1, null, null, 0, 0, List.of(), null, Set.of(), 0);
    rows.publish(ofNobody);
    assertThat(count(Outcome.UNKNOWN_SENDER)).isEqualTo(1);
    assertThat(rows.publisher.rowsPublished()).isEqualTo(1);
    assertThat(rows.asked).isEmpty();
  }
}
