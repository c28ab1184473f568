package herald.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SilenceTest {
  private static final int WAIT_SECONDS = 30;

  private final Logger logger = (Logger) LoggerFactory.getLogger(SilenceTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final ThreadGroup group = new ThreadGroup("silent");

  @BeforeEach
  void gatherLines() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
  }

  @AfterEach
  void detach() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
  }

  private void inGroup(Runnable task) throws InterruptedException {
    Thread thread = new Thread(group, task);
    thread.start();
    thread.join();
  }

  private void logEverywhere() throws InterruptedException {
    CountDownLatch logged = new CountDownLatch(1);
    inGroup(
        () -> {
          logger.warn("in the group");
          GlobalEventExecutor.INSTANCE.execute(
              () -> {
                logger.warn("on the thread for everybody");
                logged.countDown();
              });
        });
    assertThat(logged.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    logger.warn("elsewhere");
  }

  @Test
  void nothingOfTheGroupIsWrittenUntilItEnds() throws Exception {
    // So that its next thread is begun by one of the group.
    GlobalEventExecutor.INSTANCE.execute(() -> {});
    assertThat(GlobalEventExecutor.INSTANCE.awaitInactivity(WAIT_SECONDS, TimeUnit.SECONDS))
        .isTrue();
    Silence silence = new Silence(group);
    logEverywhere();
    silence.close();
    assertThat(lines.list)
        .extracting(ILoggingEvent::getMessage)
        .containsExactly("on the thread for everybody", "elsewhere");
    logEverywhere();
    assertThat(lines.list).hasSize(5);
  }
}
