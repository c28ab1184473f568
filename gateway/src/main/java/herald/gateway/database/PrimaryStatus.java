package herald.gateway.database;

import herald.gateway.logging.Field;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the primary says of itself, asked every few seconds on a thread of its own: its version, and
 * how full its queue of notifications is. The queue grows while any listener of the server, not
 * only this one, does not read; when it is full, no transaction that notifies can commit.
 */
public final class PrimaryStatus implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrimaryStatus.class);
  private static final long INTERVAL_MILLIS = 5_000;
  private static final String QUERY =
      "select pg_notification_queue_usage(), current_setting('server_version'), "
          + ServerIdentity.SQL;

  private final DataSource primary;
  private final Consumer<ServerIdentity> onServer;
  private final IsolatedFailures failures;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          new DefaultThreadFactory("herald-primary-status", true));
  private final long intervalMillis;
  private volatile double notificationQueueUsage = Double.NaN;
  private volatile String version = "";

  /** Asks nothing yet. */
  public PrimaryStatus(DataSource primary, IsolatedFailures failures) {
    this(primary, server -> {}, failures);
  }

  /**
   * The same, and says each time which server a pooled connection has led to.
   *
   * @param onServer called on this one's thread
   */
  public PrimaryStatus(
      DataSource primary, Consumer<ServerIdentity> onServer, IsolatedFailures failures) {
    this(primary, onServer, failures, INTERVAL_MILLIS);
  }

  /** The same with an interval of the caller's. */
  PrimaryStatus(
      DataSource primary,
      Consumer<ServerIdentity> onServer,
      IsolatedFailures failures,
      long intervalMillis) {
    this.primary = primary;
    this.onServer = onServer;
    this.intervalMillis = intervalMillis;
    this.failures = failures;
  }

  /** Begins to ask. */
  public void start() {
    var unused = thread.scheduleWithFixedDelay(this::ask, 0, intervalMillis, TimeUnit.MILLISECONDS);
  }

  private void ask() {
    try (Connection connection = primary.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      if (row.next()) {
        notificationQueueUsage = row.getDouble(1);
        noteVersion(row.getString(2));
        onServer.accept(ServerIdentity.parse(row.getString(3)));
      }
    } catch (SQLException e) {
      // The feed says that the database is away; here it is enough not to know.
      notificationQueueUsage = Double.NaN;
    } catch (Throwable e) {
      notificationQueueUsage = Double.NaN;
      failures.isolated(Place.PRIMARY_STATUS, e);
    }
  }

  private void noteVersion(String now) {
    if (!now.equals(version)) {
      version = now;
      LOG.info("the primary is PostgreSQL {}", Field.of("server_version", now));
    }
  }

  /** How full the queue of notifications is, 0 to 1; NaN while it can't be asked. Any thread. */
  public double notificationQueueUsage() {
    return notificationQueueUsage;
  }

  /** PostgreSQL's version; empty if it has not answered yet. Any thread. */
  public String version() {
    return version;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
