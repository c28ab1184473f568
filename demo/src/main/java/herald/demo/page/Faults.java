package herald.demo.page;

import herald.demo.platform.SqlUpdates;
import herald.demo.postgres.EmbeddedDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The harm that the page's buttons do to the gateway's way to the database. Any thread. */
final class Faults {
  private static final long DOWN_SECONDS = 2;

  private final EmbeddedDatabase database;
  private final LiveFeed live;
  private final ReentrantLock restarting = new ReentrantLock();

  Faults(EmbeddedDatabase database, LiveFeed live) {
    this.database = database;
    this.live = live;
  }

  /** Ends the server's side of the connection on which the gateway listens. */
  void killListener() throws SQLException {
    try (Connection connection = database.connect()) {
      SqlUpdates.texts(
          connection,
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where pid <> pg_backend_pid() and query ilike '%pg_notify%'");
    }
    live.tell("fault", "{\"what\":\"listener\"}");
  }

  /** Kills the server with SIGKILL and starts it again; one after the other. */
  void restartDatabase() throws IOException, InterruptedException {
    if (!restarting.tryLock()) {
      return;
    }
    try {
      live.tell("fault", "{\"what\":\"database\",\"isUp\":false}");
      database.stopHard();
      TimeUnit.SECONDS.sleep(DOWN_SECONDS);
      database.restart();
      live.tell("fault", "{\"what\":\"database\",\"isUp\":true}");
    } finally {
      restarting.unlock();
    }
  }
}
