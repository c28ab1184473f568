package herald.gateway.check;

import herald.gateway.config.DatabaseUrl;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * Looks at one database, of several hosts at the one that is the primary, and reports within a
 * deadline, whatever the server does or leaves undone. Nothing is written; two sessions are opened,
 * and one to each further host.
 *
 * <p>The questions are asked on a thread of their own. A server that falls silent holds that thread
 * until its socket times out; the report does not wait for it.
 */
public final class DatabaseCheck {
  private static final int NOTIFICATION_WAIT_MILLIS = 2_000;

  private final DatabaseUrl url;
  private final int timeoutMillis;
  private final boolean hearsByNotifications;

  /**
   * Prepares the check; nothing happens yet.
   *
   * @param url where to look
   * @param timeoutMillis when to report what is known by then
   * @param hearsByNotifications whether the trigger and notifications are needed
   */
  public DatabaseCheck(DatabaseUrl url, int timeoutMillis, boolean hearsByNotifications) {
    this.url = url;
    this.timeoutMillis = timeoutMillis;
    this.hearsByNotifications = hearsByNotifications;
  }

  /** One part of the check. */
  @FunctionalInterface
  private interface Part {
    void run(Consumer<Finding> findings) throws SQLException;
  }

  /** Asks everything and returns what was found, in the order in which it was asked. */
  public List<Finding> run() throws InterruptedException {
    BlockingQueue<Finding> found = new LinkedBlockingQueue<>();
    Thread asking = new Thread(() -> ask(found::add), "herald-check");
    asking.setDaemon(true);
    asking.start();
    asking.join(timeoutMillis);
    List<Finding> report = new ArrayList<>();
    boolean isComplete = !asking.isAlive();
    found.drainTo(report);
    if (!isComplete) {
      report.add(
          Finding.fail(
              "answer",
              url
                  + " has not answered everything within "
                  + timeoutMillis
                  + " ms (expected: well under a second; look at the server's load and at what is"
                  + " between)"));
    }
    return report;
  }

  private void ask(Consumer<Finding> findings) {
    HostsCheck hosts = new HostsCheck(url, timeoutMillis);
    try {
      HostsCheck.Reached reached = hosts.choose(findings);
      try (Connection connection = reached.connection();
          Connection other = hosts.connect(reached.host())) {
        findings.accept(Finding.ok("connection", reached.host().toString()));
        ask(connection, other, findings);
      }
    } catch (SQLException e) {
      findings.accept(
          Finding.fail(
              "connection",
              url
                  + ": "
                  + Rows.firstLine(e)
                  + " (expected: a PostgreSQL server that lets this role in twice)"));
    }
  }

  private void ask(Connection connection, Connection other, Consumer<Finding> findings)
      throws SQLException {
    ServerCheck server = new ServerCheck(System::currentTimeMillis);
    ask("server", findings, sink -> server.run(connection, sink));
    ask("tables", findings, sink -> new SchemaCheck().run(connection, sink));
    ask("functions", findings, sink -> new FunctionCheck().run(connection, sink));
    if (!hearsByNotifications) {
      return;
    }
    ask("trigger", findings, sink -> new TriggerCheck().run(connection, sink));
    if (!ServerCheck.isStandby(connection)) {
      NotificationCheck notifications = new NotificationCheck(NOTIFICATION_WAIT_MILLIS);
      ask("listen", findings, sink -> notifications.run(connection, other, sink));
    }
  }

  private static void ask(String subject, Consumer<Finding> findings, Part part) {
    try {
      part.run(findings);
    } catch (SQLException e) {
      findings.accept(
          Finding.fail(
              subject, "can't be looked at: " + Rows.firstLine(e) + " (expected: answers)"));
    }
  }
}
