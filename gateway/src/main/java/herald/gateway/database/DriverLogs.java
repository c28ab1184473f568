package herald.gateway.database;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Caps what the two drivers log to java.util.logging: at their finer levels these are statements
 * with parameters, and rows, and so keys and messages.
 */
final class DriverLogs {
  /** Held here, since java.util.logging forgets a logger that nobody holds, and its level too. */
  private static final List<Logger> DRIVERS =
      Stream.of("org.postgresql", "com.impossibl.postgres").map(Logger::getLogger).toList();

  private DriverLogs() {}

  /** Keeps the drivers to warnings, whatever the configuration of the JVM says. */
  static void cap() {
    DRIVERS.forEach(driver -> driver.setLevel(Level.WARNING));
  }
}
