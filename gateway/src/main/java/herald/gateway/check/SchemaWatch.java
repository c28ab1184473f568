package herald.gateway.check;

import herald.gateway.database.DatabaseFailure;
import herald.gateway.logging.IntervalLog;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether the trigger, the tables and the functions of a running gateway's
 * database are as Herald needs them, since somebody may change them at any time: at intervals, more
 * often while something is wrong, and when it is asked to. A thread of its own.
 */
public final class SchemaWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SchemaWatch.class);
  private static final String TRIGGER = "trigger";
  private static final long LONGEST_INTERVAL_IF_WRONG_MILLIS = 2_000;
  private static final long LONGEST_LOOK_MILLIS = 120_000;

  private final DataSource primary;
  private final long intervalMillis;
  private final long intervalIfWrongMillis;
  private final @Nullable Announcing announcing;
  private final IsolatedFailures failures;
  private final IntervalLog problems = new IntervalLog(LOG);
  private final SupervisedThread supervised;
  private final Thread thread;
  private volatile @Nullable String problem;

  /** Guarded by this. */
  private boolean wanted;

  /**
   * Looks at nothing yet.
   *
   * @param intervalMillis from one look to the next while all is well
   * @param announcing what is looked at in place of the trigger; null if that announces rows
   */
  public SchemaWatch(
      DataSource primary,
      long intervalMillis,
      @Nullable Announcing announcing,
      Supervisor supervisor) {
    this.announcing = announcing;
    this.primary = primary;
    this.intervalMillis = intervalMillis;
    intervalIfWrongMillis = Math.min(LONGEST_INTERVAL_IF_WRONG_MILLIS, intervalMillis);
    failures = supervisor.failures();
    supervised = supervisor.thread("herald-schema-watch", LONGEST_LOOK_MILLIS);
    thread =
        new DefaultThreadFactory("herald-schema-watch", true)
            .newThread(supervised.watch(this::run));
  }

  /** By what new rows are announced, if not by the trigger. */
  @FunctionalInterface
  public interface Announcing {
    /** What is wrong with it, in a sentence; null if nothing is. */
    @Nullable String problem(Connection connection) throws SQLException;
  }

  /** Begins to look. */
  public void start() {
    thread.start();
  }

  /** Has the database looked at soon. Any thread, never waits. */
  public synchronized void wantLook() {
    wanted = true;
    notifyAll();
  }

  /** What was wrong at the last look, in a sentence; null if nothing was. Any thread. */
  public @Nullable String problem() {
    return problem;
  }

  /**
   * Looks now.
   *
   * @return what is wrong, in a sentence; null if nothing is
   * @throws SQLException when the database does not answer
   */
  public @Nullable String look() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = primary.getConnection()) {
      new SchemaCheck().run(connection, findings::add);
      new FunctionCheck().run(connection, findings::add);
      if (announcing == null) {
        new TriggerCheck().run(connection, findings::add);
      } else {
        String wrong = announcing.problem(connection);
        if (wrong != null) {
          findings.add(Finding.fail("write-ahead log", wrong));
        }
      }
    }
    String found =
        findings.stream()
            .filter(SchemaWatch::isProblem)
            .map(finding -> finding.subject() + ": " + finding.sentence())
            .findFirst()
            .orElse(null);
    note(found);
    return found;
  }

  /** A trigger of another form may announce rows in another way, or not all of them. */
  private static boolean isProblem(Finding finding) {
    return finding.level() == Finding.Level.FAIL
        || (finding.level() == Finding.Level.WARN && finding.subject().equals(TRIGGER));
  }

  private void note(@Nullable String found) {
    if (found != null) {
      problems.warn("the database is not as it has to be: " + found);
    } else if (problem != null) {
      LOG.info("the database is as it has to be again");
    }
    problem = found;
  }

  private void run() {
    try {
      while (true) {
        supervised.turn();
        lookIsolated();
        supervised.idle();
        await(problem == null ? intervalMillis : intervalIfWrongMillis);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void lookIsolated() {
    try {
      String unused = look();
    } catch (Throwable e) {
      if (DatabaseFailure.isOfConnection(e)) {
        // The feed says that the database is away; what was known of it stays.
        LOG.debug("the database can't be looked at: {}", DatabaseFailure.text(e));
      } else {
        failures.isolated(Place.SCHEMA_WATCH, e);
      }
    }
  }

  private synchronized void await(long millis) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + millis * 1_000_000;
    while (!wanted) {
      long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
      if (leftMillis <= 0) {
        return;
      }
      wait(leftMillis);
    }
    wanted = false;
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
  }
}
