package herald.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
}
