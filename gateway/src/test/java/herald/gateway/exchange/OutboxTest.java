package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.Meters;
import herald.gateway.testing.FakeDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A database that is away and comes back. */
class OutboxTest {
  private final List<Object> received = new ArrayList<>();
  private boolean isAway = true;
  private final Outbox outbox =
      new Outbox(
          new ExchangeDatabase(
              new FakeDatabase(
                  (sql, parameters) -> {
                    if (isAway) {
                      throw new SQLException("away");
                    }
                    received.addAll(parameters);
                    return List.of();
                  })),
          new Meters(new SimpleMeterRegistry()).exchange(),
          new IntervalLog(LoggerFactory.getLogger(OutboxTest.class)));

  private void add(int messages, String message) {
    outbox.add(Collections.nCopies(messages, message));
    outbox.send();
  }

  private void comeBack() {
    isAway = false;
    outbox.send();
  }

  @Test
  void whatCanNotBeSentStaysAndIsSentInItsOrder() {
    add(1, "first");
    add(Outbox.MAX_MESSAGES - 1, "more");
    assertThat(outbox.hasSent()).isFalse();
    comeBack();
    assertThat(received).hasSize(Outbox.MAX_MESSAGES).startsWith("first", "more");
    assertThat(outbox.hasSent()).isTrue();
  }

  /** The others notice that messages are missing. */
  @Test
  void whenThereAreTooManyAllAreDropped() {
    add(Outbox.MAX_MESSAGES, "old");
    add(1, "one too many");
    add(1, "new");
    comeBack();
    assertThat(received).containsExactly("new");
  }
}
