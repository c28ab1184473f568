package herald.gateway.ops;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/**
 * The end of logging: lines are written by a thread of their own, which the JVM does not wait for.
 */
public final class Logs {
  private Logs() {}

  /** Writes what waits, for at most a second, and stops. What is logged after this is lost. */
  public static void finish() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
