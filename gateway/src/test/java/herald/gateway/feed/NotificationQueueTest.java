package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.database.ServerIdentity;
import herald.gateway.feed.NotificationQueue.Notification;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class NotificationQueueTest {
  private final NotificationQueue queue = new NotificationQueue(3, 1_000);

  private List<String> take(int max) throws InterruptedException {
    return queue.take(max).stream().map(NotificationQueue.Notification::payload).toList();
  }

  private void add(String... payloads) {
    for (String payload : payloads) {
      queue.add(payload, 0);
    }
  }

  @Test
  void givesOutInOrderAndNoMoreThanIsAskedFor() throws Exception {
    add("a", "b", "c");
    assertThat(take(2)).containsExactly("a", "b");
    assertThat(take(0)).isEmpty();
    assertThat(take(2)).containsExactly("c");
    assertThat(take(2)).isEmpty();
    assertThat(queue.takeOverflow()).isFalse();
  }

  /** Then the table tells what was dropped, and what came behind it has to wait for that. */
  @Test
  void saysOnceThatItDroppedWhatWaited() throws Exception {
    add("a", "b", "c", "d");
    assertThat(take(10)).containsExactly("d");
    assertThat(queue.takeOverflow()).isTrue();
    assertThat(queue.takeOverflow()).isFalse();
  }

  @Test
  void isBoundedInCharactersToo() throws Exception {
    add("a".repeat(600), "b".repeat(400));
    assertThat(take(1)).hasSize(1);
    add("c".repeat(600));
    assertThat(queue.takeOverflow()).as("what was taken does not count").isFalse();
    add("d");
    assertThat(queue.takeOverflow()).isTrue();
    assertThat(take(10)).containsExactly("d");
    add("e".repeat(900));
    assertThat(queue.takeOverflow()).as("what was dropped does not count").isFalse();
  }

  @Test
  void givesNothingOutWhileHeld() throws Exception {
    queue.hold();
    add("a");
    assertThat(take(10)).isEmpty();
    queue.release();
    assertThat(take(10)).containsExactly("a");
  }

  @Test
  void returnsWhenWoken() throws Exception {
    queue.wake();
    queue.await(Long.MAX_VALUE);
    assertThat(queue.take(10)).isEmpty();
  }

  private static FeedPoint point(long number) {
    return new FeedPoint(number, 0, 0, 0, 0, new ServerIdentity(0, false, ""), "");
  }

  @Test
  void pointsKeepTheirPlaceBetweenTheNotifications() throws Exception {
    add("a");
    queue.add(point(1), 5);
    add("b");
    List<Notification> taken = queue.take(10);
    assertThat(taken).extracting(Notification::payload).containsExactly("a", "", "b");
    assertThat(taken).extracting(Notification::point).containsExactly(null, point(1), null);
    assertThat(taken.get(1).receivedAtNanos()).isEqualTo(5);
  }

  /** Behind a loss, that a point has come says nothing of what came before it. */
  @Test
  void pointsOfTheConnectionBeforeAreDropped() throws Exception {
    add("a");
    queue.add(point(1), 0);
    queue.hold();
    queue.add(point(2), 0);
    queue.release();
    List<Notification> taken = queue.take(10);
    assertThat(taken).extracting(Notification::payload).containsExactly("a", "");
    assertThat(Objects.requireNonNull(taken.get(1).point()).probeNumber()).isEqualTo(2);
  }

  @Test
  void pointsCountAgainstTheBoundAndGoWithTheRest() throws Exception {
    add("a");
    queue.add(point(1), 0);
    queue.add(point(2), 0);
    queue.add(point(3), 0);
    List<Notification> taken = queue.take(10);
    assertThat(taken).extracting(Notification::point).containsExactly(point(3));
    assertThat(queue.takeOverflow()).isTrue();
  }
}
