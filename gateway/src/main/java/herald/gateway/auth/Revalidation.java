package herald.gateway.auth;

import herald.gateway.config.RevalidationSettings;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.HandshakeMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the connected users again, batch by batch, and disconnects those who were deactivated or
 * banned since they connected. While the database does not answer, nobody is disconnected. One
 * thread of its own.
 */
public final class Revalidation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Revalidation.class);
  private static final String THREAD = "herald-revalidation";
  private static final String QUERY =
      "select user_id from users where user_id = any(?) and is_current and handle is not null"
          + " and is_available and not is_deactivated and not exists (select from chat_ban"
          + " where chat_ban.user_id = users.user_id and chat_ban.is_banned)";

  private final DataSource database;
  private final UserDirectory directory;
  private final Supplier<Set<Integer>> connected;
  private final Consumer<Set<Integer>> dismiss;
  private final RevalidationSettings settings;
  private final HandshakeMeters meters;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory(THREAD, true));

  /**
   * Checks nobody yet.
   *
   * @param connected gives the users to check
   * @param dismiss closes the connections of users
   * @param longestQueryMillis how long it may take until a query has failed
   */
  public Revalidation(
      DataSource database,
      UserDirectory directory,
      Supplier<Set<Integer>> connected,
      Consumer<Set<Integer>> dismiss,
      RevalidationSettings settings,
      HandshakeMeters meters,
      long longestQueryMillis,
      Supervisor supervisor) {
    this.database = database;
    this.directory = directory;
    this.connected = connected;
    this.dismiss = dismiss;
    this.settings = settings;
    this.meters = meters;
    failures = supervisor.failures();
    supervised = supervisor.thread(THREAD, settings.intervalMillis() + longestQueryMillis);
  }

  /** Begins, with the first round after one interval. */
  public void start() {
    if (settings.intervalMillis() > 0) {
      thread.scheduleWithFixedDelay(
          supervised.periodic(Place.REVALIDATION, this::round),
          settings.intervalMillis(),
          settings.intervalMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  private void round() {
    List<Integer> users = new ArrayList<>(connected.get());
    for (int from = 0; from < users.size(); from += settings.batch()) {
      List<Integer> batch = users.subList(from, Math.min(users.size(), from + settings.batch()));
      supervised.turn();
      try {
        Set<Integer> gone = new HashSet<>(batch);
        gone.removeAll(allowed(batch));
        meters.revalidated(batch.size());
        if (!gone.isEmpty()) {
          LOG.info(
              "{} connected users were deactivated or banned, their connections are closed",
              gone.size());
          directory.forget(gone);
          dismiss.accept(gone);
        }
      } catch (SQLException e) {
        meters.revalidationError();
        errors.warn(
            "it can't be checked whether connected users still have access: " + e.getMessage());
      } catch (Throwable e) {
        failures.isolated(Place.REVALIDATION, e);
        meters.revalidationError();
      }
    }
  }

  private Set<Integer> allowed(List<Integer> batch) throws SQLException {
    Set<Integer> allowed = new HashSet<>();
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(QUERY)) {
      Array users = connection.createArrayOf("integer", batch.toArray());
      statement.setArray(1, users);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          allowed.add(rows.getInt(1));
        }
      }
    }
    return allowed;
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.shutdownNow();
  }
}
