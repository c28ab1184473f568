package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationQueueTest {
  private final NotificationQueue queue = new NotificationQueue(3);

  private List<String> take(int max) throws InterruptedException {
    return queue.take(max, 0).stream().map(NotificationQueue.Notification::payload).toList();
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
    assertThat(queue.take(10, Long.MAX_VALUE)).isEmpty();
  }
}
