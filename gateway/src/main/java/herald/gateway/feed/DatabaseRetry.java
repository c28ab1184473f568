package herald.gateway.feed;

import herald.gateway.database.DatabaseFailure;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.FeedMeters;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Does what needs the database, and tells three kinds of failure apart: the connection's, which is
 * waited out with growing pauses for as long as it takes; the database's, such as a column that is
 * gone, which is waited out in the same way and said; and that of the one thing that was asked for,
 * which is given up after a few tries. One thread, but for {@link #problem}.
 */
final class DatabaseRetry {
  private static final String QUERY_CANCELED = "57014";
  private static final String STATEMENT_TOO_COMPLEX = "54001";
  private static final String DATA_EXCEPTION = "22";

  /** So PostgreSQL calls it when an infinite time is to become a number. */
  private static final String FEATURE_NOT_SUPPORTED = "0A000";

  private static final int MAX_TRIES = 3;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  private final FeedMeters meters;
  private final IntervalLog errors;
  private final Supplier<@Nullable String> control;
  private final Runnable onTurn;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private int tries;
  private volatile @Nullable String problem;

  /**
   * @param control asks the database for something that must work, and says in a sentence why it
   *     does not; null if it works
   * @param onTurn called before each try: the thread is alive
   */
  DatabaseRetry(
      FeedMeters meters, Logger log, Supplier<@Nullable String> control, Runnable onTurn) {
    this.meters = meters;
    this.control = control;
    this.onTurn = onTurn;
    errors = new IntervalLog(log);
  }

  /** A piece of work that needs the database. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException, InterruptedException;
  }

  /** What a failure means for the work. */
  enum Verdict {
    /** Try again. */
    AGAIN,
    /** The database is well, and this can't be had. */
    GIVE_UP
  }

  /** Blocks until it has worked, whatever fails. */
  <T> T untilItWorks(Work<T> work) throws InterruptedException {
    while (true) {
      turn();
      try {
        T result = work.run();
        worked();
        return result;
      } catch (InterruptedException e) {
        throw e;
      } catch (Throwable e) {
        report(e);
        problem = "the database can't be read: " + describe(e);
        pause();
      }
    }
  }

  /**
   * Blocks until it has worked or is given up; null if it is given up.
   *
   * @param onGivenUp gets the failure
   */
  <T> @Nullable T orGiveUp(Work<T> work, Consumer<Throwable> onGivenUp)
      throws InterruptedException {
    while (true) {
      turn();
      try {
        T result = work.run();
        worked();
        return result;
      } catch (InterruptedException e) {
        throw e;
      } catch (Throwable e) {
        if (judge(e) == Verdict.GIVE_UP) {
          onGivenUp.accept(e);
          return null;
        }
      }
    }
  }

  /** Says that the thread is alive, before a try. */
  void turn() {
    onTurn.run();
  }

  /** Notes that something has worked. */
  void worked() {
    problem = null;
    tries = 0;
    pauseMillis = FIRST_PAUSE_MILLIS;
  }

  /** Whether the connection or the server has failed, and not what was asked for. */
  static boolean isOfConnection(Throwable failure) {
    return DatabaseFailure.isOfConnection(failure);
  }

  /** Counts and logs a failure, and pauses before the next try if there is to be one. */
  Verdict judge(Throwable failure) throws InterruptedException {
    report(failure);
    if (isOfConnection(failure)) {
      problem = "the database can't be asked: " + describe(failure);
      pause();
      return Verdict.AGAIN;
    }
    if (!willFailAgain(failure) && ++tries < MAX_TRIES) {
      pause();
      return Verdict.AGAIN;
    }
    tries = 0;
    return isDatabaseWell() ? Verdict.GIVE_UP : Verdict.AGAIN;
  }

  /**
   * Whether to ask again would only cost time: the statement ran into its time-out, or the data
   * can't be read as it is (PostgreSQL manual, appendix "PostgreSQL Error Codes", class 22).
   */
  private static boolean willFailAgain(Throwable failure) {
    String state = DatabaseFailure.sqlState(failure);
    return isTimeout(failure) || state.startsWith(DATA_EXCEPTION);
  }

  /**
   * Whether a row is such that it can't be read by anybody (PostgreSQL manual, appendix "PostgreSQL
   * Error Codes", class 22, 54001 and 0A000). Nobody gets such a row; the feed has counted it.
   */
  static boolean isOfData(Throwable failure) {
    String state = DatabaseFailure.sqlState(failure);
    return state.startsWith(DATA_EXCEPTION)
        || state.equals(STATEMENT_TOO_COMPLEX)
        || state.equals(FEATURE_NOT_SUPPORTED)
        || (state.isEmpty() && failure instanceof RuntimeException);
  }

  /** Whether the statement has taken longer than one may: to try again would take as long again. */
  static boolean isTimeout(Throwable failure) {
    return DatabaseFailure.sqlState(failure).equals(QUERY_CANCELED);
  }

  /** Asks the database something that must work; pauses and says what is wrong if it does not. */
  boolean isDatabaseWell() throws InterruptedException {
    String wrong = control.get();
    if (wrong == null) {
      worked();
      return true;
    }
    problem = wrong;
    pause();
    return false;
  }

  /** Counts and logs a failure. */
  void report(Throwable failure) {
    meters.failed();
    errors.warn("a query of the feed has failed and is tried again: " + describe(failure));
  }

  private void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(pauseMillis);
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
  }

  /** The failure with its SQLSTATE, and nothing of a row. */
  static String describe(Throwable failure) {
    String state = DatabaseFailure.sqlState(failure);
    String text = DatabaseFailure.text(failure);
    return state.isEmpty() ? text : text + " (SQLSTATE " + state + ")";
  }

  /** Why nothing can be read from the database, in a sentence; null if it can. Any thread. */
  @Nullable String problem() {
    return problem;
  }
}
