package herald.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.read.ListAppender;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

class LogsTest {
  private static final String DRIVER = "com.impossibl.postgres.jdbc";

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(DRIVER);

  @AfterEach
  void detach() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
    SLF4JBridgeHandler.uninstall();
  }

  @Test
  void whatTheDriverSaysGoesWhereAllElseGoes() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
    Logs.gatherJavaUtilLogging();
    java.util.logging.Logger.getLogger(DRIVER).warning("the driver warns");
    java.util.logging.Logger.getLogger(DRIVER).info("and chats");
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("the driver warns");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As a process begins, for both kinds of lines. */
  @ParameterizedTest
  @CsvSource({"ROOT, async", "herald.access, async-access"})
  void ofTheLinesThatWaitABoundedNumberIsKept(String name, String queue) throws Exception {
    LoggerContext shipped = new LoggerContext();
    new LogConfigurator().configure(shipped);
    CountingAsyncAppender settings =
        (CountingAsyncAppender)
            Objects.requireNonNull(shipped.getLogger(name).getAppender(queue), queue);
    CountDownLatch taking = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CountingAsyncAppender appender = new CountingAsyncAppender();
    appender.setContext(logger.getLoggerContext());
    appender.setQueueSize(settings.getQueueSize());
    appender.setDiscardingThreshold(settings.getDiscardingThreshold());
    appender.setNeverBlock(settings.isNeverBlock());
    appender.addAppender(stuck(taking, go, new AtomicInteger()));
    appender.start();
    logger.addAppender(appender);
    logger.setAdditive(false);
    try {
      logger.warn("first");
      taking.await();
      for (int i = 0; i < 8_192 + 10; i++) {
        logger.warn("more");
      }
      assertThat(appender.dropped()).isEqualTo(10);
    } finally {
      go.countDown();
      logger.detachAppender(appender);
      appender.stop();
      shipped.stop();
    }
  }

  /** Takes a line and no other one. */
  private static AppenderBase<ILoggingEvent> stuck(
      CountDownLatch taking, CountDownLatch go, AtomicInteger taken) {
    AppenderBase<ILoggingEvent> stuck =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent line) {
            taking.countDown();
            awaitQuietly(go);
            taken.incrementAndGet();
          }
        };
    stuck.start();
    return stuck;
  }

  /**
   * Whoever should take the lines takes none; nobody waits for that, and nothing goes uncounted.
   */
  @Test
  void linesThatFindNoRoomAreCounted() throws Exception {
    CountDownLatch taking = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger taken = new AtomicInteger();
    CountingAsyncAppender appender = new CountingAsyncAppender();
    appender.setContext(logger.getLoggerContext());
    appender.setQueueSize(4);
    appender.setDiscardingThreshold(0);
    appender.setNeverBlock(true);
    appender.addAppender(stuck(taking, go, taken));
    appender.start();
    logger.addAppender(appender);
    logger.setAdditive(false);
    try {
      logger.warn("first");
      taking.await();
      for (int i = 0; i < 10; i++) {
        logger.warn("more");
      }
      assertThat(appender.dropped()).isEqualTo(6);
      go.countDown();
      appender.stop();
      assertThat(taken).hasValue(5);
    } finally {
      go.countDown();
      logger.detachAppender(appender);
    }
  }
}
