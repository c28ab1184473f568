package herald.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class IntervalLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(IntervalLogTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong nowNanos = new AtomicLong(1);
  private final IntervalLog log = new IntervalLog(logger, nowNanos::get);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void detach() {
    logger.detachAppender(lines);
  }

  @Test
  void logsOncePerIntervalAndTheNumberOfTheOthersAsAField() {
    log.warn("it {} fails");
    log.warn("suppressed");
    log.warn("suppressed too");
    nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
    log.warn("it fails again", () -> new IllegalStateException("trace"));
    nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
    log.warn("and again");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("it {} fails", "it fails again", "and again");
    assertThat(lines.list.get(0).getKeyValuePairs()).isNull();
    assertThat(lines.list.get(1).getKeyValuePairs())
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactly(new KeyValuePair("suppressed", 2L));
    assertThat(lines.list.get(1).getThrowableProxy().getMessage()).isEqualTo("trace");
    assertThat(lines.list.get(2).getKeyValuePairs()).isNull();
    assertThat(lines.list.get(2).getThrowableProxy()).isNull();
  }

  @Test
  void whatTheSentenceSaysIsInFieldsToo() {
    log.warn("{} of them fail", Field.of("rows", 7));
    ILoggingEvent line = lines.list.get(0);
    assertThat(line.getFormattedMessage()).isEqualTo("7 of them fail");
    assertThat(line.getArgumentArray()).containsExactly(Field.of("rows", 7));
  }
}
