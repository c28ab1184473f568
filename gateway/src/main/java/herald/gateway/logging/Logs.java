package herald.gateway.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import co.elastic.logging.logback.EcsEncoder;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** How logs look, decided on the command line; {@link LogConfigurator} has all else. */
public final class Logs {
  /** The logger of the access log: one line for each connection at its end. */
  public static final String ACCESS = "herald.access";

  static final String OWN = "herald";
  static final String ASYNC = "async";
  static final String ASYNC_ACCESS = "async-access";
  static final String CONSOLE = "console";

  /** The forms of a line. */
  public enum Format {
    /** For people. */
    TEXT,
    /** One JSON object a line, with the field names of ECS. */
    JSON
  }

  /** How much is said. */
  public enum Detail {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  private Logs() {}

  /** Sends what libraries log through java.util.logging to the same place as all else. */
  public static void gatherJavaUtilLogging() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /**
   * Decides for the whole process.
   *
   * @param access whether there is an access log
   * @param version what the lines in JSON give as the version of the program
   */
  public static void configure(Format format, Detail detail, boolean access, String version) {
    setDetail(detail);
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.getLogger(ACCESS).setLevel(access ? Level.INFO : Level.OFF);
    Appender<ILoggingEvent> console = console(context);
    if (format == Format.JSON && console instanceof ConsoleAppender<ILoggingEvent> appender) {
      appender.setEncoder(jsonEncoder(context, version));
    }
  }

  /** How much is said, of all but libraries and the access log. Any thread, at any time. */
  public static void setDetail(Detail detail) {
    own().setLevel(Level.toLevel(detail.name(), Level.INFO));
  }

  /** How much is said. */
  public static Detail detail() {
    Level level = own().getEffectiveLevel();
    for (Detail detail : Detail.values()) {
      if (Level.toLevel(detail.name(), Level.INFO).equals(level)) {
        return detail;
      }
    }
    return level.isGreaterOrEqual(Level.ERROR) ? Detail.ERROR : Detail.TRACE;
  }

  private static Logger own() {
    return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(OWN);
  }

  /** Makes a JSON object of each line. */
  static Encoder<ILoggingEvent> jsonEncoder(LoggerContext context, String version) {
    EcsEncoder encoder = new FieldsEncoder();
    encoder.setContext(context);
    encoder.setServiceName("herald");
    encoder.setServiceVersion(version);
    encoder.start();
    return encoder;
  }

  /** Lines that were dropped because those before them were not taken; 0 with an own file. */
  public static long dropped() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        ? dropped(lines(context)) + dropped(context.getLogger(ACCESS).getAppender(ASYNC_ACCESS))
        : 0;
  }

  private static long dropped(@Nullable Appender<ILoggingEvent> lines) {
    return lines instanceof CountingAsyncAppender counting ? counting.dropped() : 0;
  }

  /** Behind the thread that writes the lines. */
  private static @Nullable Appender<ILoggingEvent> console(LoggerContext context) {
    return lines(context) instanceof AsyncAppender async ? async.getAppender(CONSOLE) : null;
  }

  private static @Nullable Appender<ILoggingEvent> lines(LoggerContext context) {
    return context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(ASYNC);
  }

  /** Writes what waits, for at most a second, and stops. What is logged after this is lost. */
  public static void finish() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
