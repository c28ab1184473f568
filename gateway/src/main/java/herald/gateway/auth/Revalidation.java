package herald.gateway.auth;

import herald.gateway.admission.WalletUser;
import herald.gateway.config.RevalidationSettings;
import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.HandshakeMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * Checks the connected users again, batch by batch, and ends the connections of those who were
 * deactivated or banned, or whose wallet was taken from them, since they connected. A round begins
 * every half interval: the other half is the time for which the directory gives an answer again, so
 * that nobody who has lost access reads for longer than one interval. While the database does not
 * answer, nobody is disconnected. One thread of its own.
 */
public final class Revalidation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Revalidation.class);
  private static final String THREAD = "herald-revalidation";

  private final DataSource database;
  private final UserDirectory directory;
  private final Supplier<Set<WalletUser>> connected;
  private final Consumer<Set<WalletUser>> dismiss;
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
   * @param connected gives the users to check, and the wallets that have signed for them
   * @param dismiss closes the connections that these wallets have signed for
   * @param longestQueryMillis how long it may take until a query has failed
   */
  public Revalidation(
      DataSource database,
      UserDirectory directory,
      Supplier<Set<WalletUser>> connected,
      Consumer<Set<WalletUser>> dismiss,
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

  /** Begins, with the first round after half an interval. */
  public void start() {
    if (settings.intervalMillis() > 0) {
      thread.scheduleWithFixedDelay(
          supervised.periodic(Place.REVALIDATION, this::round),
          settings.roundMillis(),
          settings.roundMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  private void round() {
    List<WalletUser> users = new ArrayList<>(connected.get());
    for (int from = 0; from < users.size(); from += settings.batch()) {
      List<WalletUser> batch = users.subList(from, Math.min(users.size(), from + settings.batch()));
      supervised.turn();
      try {
        Set<WalletUser> gone = gone(batch);
        meters.revalidated(batch.size());
        if (!gone.isEmpty()) {
          LOG.info(
              "{} connected users were deactivated or banned or have another wallet, their"
                  + " connections are closed",
              Field.of("users", gone.size()));
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

  /** Those whose wallet is not theirs, or not that of anybody who may connect. */
  private Set<WalletUser> gone(List<WalletUser> batch) throws SQLException {
    Map<String, Integer> users =
        WalletQuery.usersOf(batch.stream().map(WalletUser::wallet).toList(), database);
    Set<WalletUser> gone = new HashSet<>(batch);
    gone.removeIf(each -> Integer.valueOf(each.userId()).equals(users.get(each.wallet())));
    return gone;
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.shutdownNow();
  }
}
