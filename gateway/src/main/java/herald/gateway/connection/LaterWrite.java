package herald.gateway.connection;

import herald.gateway.supervision.Place;
import java.util.concurrent.TimeUnit;

/**
 * Has the writing to one client go on later, though neither its socket nor an event wakes it. A
 * connection has one of these only once it is needed. Event loop, the only thread that reads or
 * writes a field.
 */
final class LaterWrite {
  private static final long MEMORY_RETRY_MILLIS = 1_000;

  private final ConnectionLifecycle connection;
  private boolean isArranged;

  LaterWrite(ConnectionLifecycle connection) {
    this.connection = connection;
  }

  /** It goes on when the loop has done what others wait for. */
  void afterOthers() {
    arrange(0);
  }

  /** There was no memory for what comes next. It is tried again: what others hold comes free. */
  void withMemory() {
    arrange(MEMORY_RETRY_MILLIS);
  }

  private void arrange(long millis) {
    if (!isArranged) {
      isArranged = true;
      LoopContext loop = connection.loop;
      var unused =
          connection
              .ctx()
              .executor()
              .schedule(
                  () -> loop.failures().run(Place.WAKE, connection, failed -> write()),
                  millis,
                  TimeUnit.MILLISECONDS);
    }
  }

  private void write() {
    isArranged = false;
    connection.writer().writeAvailable(connection.loop.nowNanos());
  }
}
