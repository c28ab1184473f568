package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.Meters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class InboxTest {
  private static final int LONGEST = 8_000;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Inbox inbox =
      new Inbox(
          new Meters(registry).exchange(),
          new IntervalLog(LoggerFactory.getLogger(InboxTest.class)));
  private int run;

  private int add(int count, int chars) {
    for (int i = 0; i < count; i++) {
      inbox.add(chars, () -> run++);
    }
    run = 0;
    inbox.take();
    return run;
  }

  @Test
  void isBoundedInNumber() {
    assertThat(add(Inbox.MAX_WAITING + 10, 0)).isEqualTo(Inbox.MAX_WAITING);
    assertThat(add(10, 0)).as("what was run does not count").isEqualTo(10);
  }

  @Test
  void isBoundedInCharacters() {
    int most = (int) (Inbox.MAX_WAITING_CHARS / LONGEST);
    assertThat(add(2 * most, LONGEST)).isEqualTo(most);
    assertThat(add(most, LONGEST)).as("what was run does not count").isEqualTo(most);
  }

  @Test
  void whatCanNotBeReadCostsNothingElse() {
    inbox.add(
        () -> {
          throw new IllegalArgumentException();
        });
    assertThat(add(1, 1)).isEqualTo(1);
    assertThat(registry.get("herald.exchange.unreadable").counter().count()).isEqualTo(1);
  }
}
