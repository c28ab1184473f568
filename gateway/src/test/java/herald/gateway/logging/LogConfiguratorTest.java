package herald.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogConfiguratorTest {
  private static final String OWN_FILE = "logback.configurationFile";
  private static final String LIBRARY_LEVEL = "HERALD_LIBRARY_LOG_LEVEL";

  private final LoggerContext loggers = new LoggerContext();

  @AfterEach
  void stop() {
    System.clearProperty(OWN_FILE);
    System.clearProperty(LIBRARY_LEVEL);
    loggers.stop();
  }

  private Level level(String name) {
    return loggers.getLogger(name).getEffectiveLevel();
  }

  @Test
  void logbackFindsIt() {
    assertThat(ServiceLoader.load(Configurator.class))
        .hasAtLeastOneElementOfType(LogConfigurator.class);
  }

  @Test
  void librariesSayLessThanHeraldAndThereIsNoAccessLog() {
    assertThat(new LogConfigurator().configure(loggers))
        .isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    assertThat(level("herald.gateway")).isEqualTo(Level.INFO);
    assertThat(level(Logs.ACCESS)).isEqualTo(Level.OFF);
    assertThat(level("io.netty.channel")).isEqualTo(Level.WARN);
    assertThat(level("com.zaxxer.hikari.pool")).isEqualTo(Level.ERROR);
    assertThat(level("org.postgresql")).isEqualTo(Level.WARN);
  }

  @Test
  void theLevelOfLibrariesCanBeSet() {
    System.setProperty(LIBRARY_LEVEL, "DEBUG");
    new LogConfigurator().configure(loggers);
    assertThat(level("org.postgresql")).isEqualTo(Level.DEBUG);
  }

  @Test
  void aFileOfOnesOwnTakesItsPlace() {
    System.setProperty(OWN_FILE, "own.xml");
    assertThat(new LogConfigurator().configure(loggers))
        .isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
    assertThat(loggers.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().hasNext())
        .isFalse();
  }
}
