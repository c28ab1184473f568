package herald.gateway.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * How logs look before the command line says anything. Logback finds it as a service when the first
 * logger is asked for, and needs a fraction of the time that it takes to read an XML file.
 *
 * <p>A file that the system property {@code logback.configurationFile} names takes its place.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {
  private static final String OWN_FILE = "logback.configurationFile";
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z',UTC} %-5level %-18logger{0}"
          + " %msg%replace( %kvp{NONE}){'^ $', ''}%n%ex{5}";

  /** While this many lines wait, further ones are dropped and counted. */
  private static final int QUEUE_LINES = 8_192;

  /** Logback makes it, through its service loader. */
  public LogConfigurator() {}

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    if (System.getProperty(OWN_FILE) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Appender<ILoggingEvent> console = console(loggers);
    Logger access = loggers.getLogger(Logs.ACCESS);
    access.setLevel(Level.OFF);
    access.setAdditive(false);
    // One line for each connection that ends: many at once must not take the room of others.
    access.addAppender(async(loggers, Logs.ASYNC_ACCESS, console));
    // The options of herald serve and herald relay decide for these two; this is for all else.
    loggers.getLogger(Logs.OWN).setLevel(level("HERALD_LOG_LEVEL", Level.INFO));
    // A pool that can't connect says so with every attempt; the gateway says it once per interval.
    loggers.getLogger("com.zaxxer.hikari").setLevel(Level.ERROR);
    loggers.getLogger("io.netty").setLevel(Level.WARN);
    Logger root = loggers.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level("HERALD_LIBRARY_LOG_LEVEL", Level.WARN));
    root.addAppender(async(loggers, Logs.ASYNC, console));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static Appender<ILoggingEvent> console(LoggerContext loggers) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(loggers);
    encoder.setPattern(PATTERN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(loggers);
    console.setName(Logs.CONSOLE);
    console.setEncoder(encoder);
    console.start();
    return console;
  }

  /**
   * Lines are written by a thread of their own: a pipe or a terminal that takes no more must not
   * hold up an event loop.
   */
  private static Appender<ILoggingEvent> async(
      LoggerContext loggers, String name, Appender<ILoggingEvent> console) {
    AsyncAppender async = new CountingAsyncAppender();
    async.setContext(loggers);
    async.setName(name);
    async.setQueueSize(QUEUE_LINES);
    async.setDiscardingThreshold(0);
    async.setNeverBlock(true);
    async.addAppender(console);
    async.start();
    return async;
  }

  /** A system property or an environment variable of this name, or what is usual. */
  private static Level level(String name, Level usual) {
    String given = System.getProperty(name, System.getenv(name));
    return given == null ? usual : Level.toLevel(given, usual);
  }
}
