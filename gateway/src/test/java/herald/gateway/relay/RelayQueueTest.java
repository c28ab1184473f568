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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RelayQueueTest {
  private static final long SELF = 1;
  private static final long OTHER = 2;
  private static final int EVENTS = 3;

  private final RelayDuty duty = new RelayDuty(1_000, 0, () -> 0, () -> {});
  private final RelayQueue queue =
      new RelayQueue(
          SELF,
          EVENTS,
          1 << 20,
          duty,
          new PublishedEvents(60_000),
          System::nanoTime,
          new RelayMeters(new SimpleMeterRegistry()));

  private static Event event(int number) {
    return event(number, number);
  }

  private static Event event(int number, int xid) {
    EncodedEvent encoded =
        EncodedEvent.of(new EventId(number, number, 0), new byte[9], new byte[9], new byte[0], 7);
    return new Event(encoded, Audience.of(1), number, new RowOrder(xid, 0, 0, false));
  }

  private static FeedMark mark(long xmin) {
    FeedPoint point =
        new FeedPoint(1, 1, xmin, 1, 1, new ServerIdentity(0, false, ""), "cluster/1");
    return new FeedMark(point, point, point);
  }

  private static OneEvent read(long relay, int number) {
    return OneEvent.of(relay, event(number), 0, 0);
  }

  private void offer(int... numbers) throws InterruptedException {
    for (int number : numbers) {
      queue.publish(0, List.of(event(number)), () -> {});
    }
  }

  /** What this relay would publish if nobody else did. */
  private List<Long> waiting() {
    duty.onStored();
    return queue.next(1 << 20).stream()
        .map(message -> message.event() == null ? -1 : message.key())
        .toList();
  }

  @Test
  void givesOutWhatWaitsInItsOrder() throws InterruptedException {
    offer(1, 2);
    queue.onMark(0, mark(3));
    offer(3);
    assertThat(waiting()).containsExactly(1L, 2L, -1L, 3L);
  }

  @Test
  void whatStandsInTheStreamNeitherWaitsNorIsTakenAgain() throws InterruptedException {
    offer(1, 2);
    queue.onRead(read(OTHER, 1), 0);
    queue.onRead(read(OTHER, 3), 0);
    offer(1, 3, 2);
    assertThat(waiting()).containsExactly(2L);
  }

  @Test
  void givesOutNothingWhileAnotherPublishes() throws InterruptedException {
    offer(1);
    duty.onStored();
    queue.onRead(read(OTHER, 2), 0);
    assertThat(queue.next(1 << 20)).isEmpty();
  }

  @Test
  void aMarkOfAnotherRelaySettlesWhatWasCommittedBefore() throws InterruptedException {
    queue.onMark(0, mark(1));
    offer(1, 2, 3);
    queue.onRead(new PointMark(OTHER, mark(3), 0), 0);
    assertThat(waiting()).containsExactly(3L);
  }

  @Test
  void aRelaySettlesNothingFromBeforeItsBeginning() throws InterruptedException {
    queue.onMark(0, mark(1));
    offer(1, 2, 3);
    queue.onRead(new PointMark(OTHER, mark(3), 2), 0);
    assertThat(waiting()).containsExactly(1L, 3L);
  }

  @Test
  void whatIsFoundLateIsNotSettledByAMark() throws InterruptedException {
    queue.onMark(0, mark(1));
    queue.onRead(new PointMark(OTHER, mark(3), 0), 0);
    offer(1);
    queue.onRead(new PointMark(OTHER, mark(4), 0), 0);
    assertThat(waiting()).containsExactly(1L);
  }

  /** A relay that was away for long reads what another one has published long ago. */
  @Test
  void whatIsSettledAndOlderThanWhatIsKnownIsNotTakenAgain() throws InterruptedException {
    queue.onMark(0, mark(1));
    queue.onMissing();
    queue.onRead(new PointMark(OTHER, mark(9), 0), 5);
    offer(4, 5, 9);
    assertThat(waiting()).containsExactly(5L, 9L);
  }

  /**
   * After a crash the database gives out again the ids behind the point that had reached the disk.
   */
  @Test
  void anIdThatMayHaveBeenGivenOutAgainSettlesNothing() throws InterruptedException {
    queue.onMark(0, mark(1));
    queue.onMissing();
    FeedPoint durable = mark(4).point();
    queue.onRead(new PointMark(OTHER, new FeedMark(mark(9).point(), durable, durable), 0), 5);
    offer(3, 4, 5);
    assertThat(waiting()).containsExactly(4L, 5L);
  }

  /** The clock of its writer is behind, and a sweep has found it since nobody had announced it. */
  @Test
  void whatIsStampedLongAgoAndCommittedSinceIsTakenThoughItIsFoundLate()
      throws InterruptedException {
    queue.onMark(0, mark(1));
    queue.onMissing();
    queue.onRead(new PointMark(OTHER, mark(5), 0), 50);
    queue.onRead(new PointMark(OTHER, mark(9), 0), 60);
    offer(4, 6);
    assertThat(waiting()).containsExactly(6L);
  }

  @Test
  void aRelayThatBeganLongAgoStillSettles() throws InterruptedException {
    long xmin = (3L << 31) + 3;
    queue.onMark(0, mark(1));
    queue.publish(0, List.of(event(1, (int) xmin - 1)), () -> {});
    queue.onRead(new PointMark(OTHER, mark(xmin), 2), 0);
    assertThat(waiting()).isEmpty();
  }

  @Test
  void marksWithNothingBetweenThemAreOne() {
    queue.onMark(0, mark(1));
    queue.onMark(0, mark(2));
    assertThat(waiting()).containsExactly(-1L);
  }

  @Test
  void aBatchHasAsMuchAsItMayHaveAndOneAtLeast() throws InterruptedException {
    offer(1, 2, 3);
    duty.onStored();
    assertThat(queue.next(1)).hasSize(1);
    assertThat(queue.next(600)).hasSize(2);
  }

  @Test
  void theFeedWaitsWhileItIsFullAndIsNotTakenForOneThatStandsStill() throws Exception {
    offer(1, 2, 3);
    CountDownLatch turns = new CountDownLatch(1);
    Thread feed =
        new Thread(
            () -> {
              try {
                queue.publish(0, List.of(event(4)), turns::countDown);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    feed.start();
    assertThat(turns.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(waiting()).containsExactly(1L, 2L, 3L);
    queue.onRead(read(OTHER, 1), 0);
    feed.join(TimeUnit.SECONDS.toMillis(60));
    assertThat(feed.isAlive()).isFalse();
    assertThat(waiting()).containsExactly(2L, 3L, 4L);
  }

  @Test
  void theEndIsWhatWasReadOrAcknowledgedUntilTheStreamIsAnother() throws InterruptedException {
    offer(1);
    queue.onStored(queue.next(1), 9, 0);
    assertThat(queue.end(7)).isEqualTo(9);
    assertThat(queue.end(11)).isEqualTo(11);
    queue.onMissing();
    assertThat(queue.end(0)).isZero();
  }

  @Test
  void whatTheEngineHasLostBeforeItWasReadIsNoticed() throws InterruptedException {
    offer(1);
    queue.onStored(queue.next(1), 9, 0);
    assertThat(queue.hasLostBehind(9)).isFalse();
    assertThat(queue.hasLostBehind(8)).isTrue();
    assertThat(queue.hasLostAt(8, read(OTHER, 3))).isFalse();
    assertThat(queue.hasLostAt(9, read(SELF, 1))).isFalse();
    assertThat(queue.hasLostBehind(8)).as("it has been read").isFalse();
  }

  @Test
  void anotherMessageInThePlaceOfAnOwnOneShowsThatItIsLost() throws InterruptedException {
    offer(1);
    queue.onStored(queue.next(1), 9, 0);
    assertThat(queue.hasLostAt(9, read(OTHER, 3))).isTrue();
    offer(2);
    queue.onStored(queue.next(1), 12, 0);
    assertThat(queue.hasLostAt(13, read(OTHER, 4))).as("it was passed by").isTrue();
  }

  @Test
  void afterALossAllIsForgottenAndNothingIsPublishedUntilAnotherFeedBegins()
      throws InterruptedException {
    queue.onMark(0, mark(1));
    queue.onRead(read(OTHER, 1), 0);
    queue.onRead(new PointMark(OTHER, mark(3), 0), 0);
    offer(5);
    queue.publish(0, List.of(event(6, 2)), () -> {});
    queue.onRewound();
    assertThat(waiting()).as("another feed has to begin").isEmpty();
    offer(7);
    queue.onMark(0, mark(9));
    queue.onFeed(1);
    assertThat(waiting()).as("what was found late").containsExactly(6L);
    queue.publish(1, List.of(event(1)), () -> {});
    assertThat(waiting()).as("nobody knows that it was published").containsExactly(6L, 1L);
    assertThat(queue.lastMark()).isNull();
    assertThat(queue.markBeforeRewind()).isNotNull();
  }

  @Test
  void anAnswerThatComesAfterALossCountsForNothing() throws InterruptedException {
    offer(1);
    duty.onStored();
    List<QueuedMessage> under = queue.next(1);
    queue.onRewound();
    queue.onStored(under, 9, 0);
    assertThat(queue.end(0)).isZero();
    queue.onFeed(1);
    queue.publish(1, List.of(event(1)), () -> {});
    assertThat(waiting()).containsExactly(1L);
  }
}
