package herald.gateway.feed;

import herald.gateway.check.SchemaWatch;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether events arrive as they should, and if not, why. Any thread. */
final class FeedHealth {
  private final FeedSource source;
  private final CatchUpRun catchUpRun;
  private final SchemaWatch schema;
  private final DatabaseRetry retry;
  private final LongSupplier oldestWaitNanos;
  private final long maxRowWaitNanos;

  /**
   * @param oldestWaitNanos for how long the oldest rpc log that is known of has waited
   * @param maxRowWaitNanos for how long it may
   */
  FeedHealth(
      FeedSource source,
      CatchUpRun catchUpRun,
      SchemaWatch schema,
      DatabaseRetry retry,
      LongSupplier oldestWaitNanos,
      long maxRowWaitNanos) {
    this.source = source;
    this.catchUpRun = catchUpRun;
    this.schema = schema;
    this.retry = retry;
    this.oldestWaitNanos = oldestWaitNanos;
    this.maxRowWaitNanos = maxRowWaitNanos;
  }

  /** Whether all that is committed is heard of. */
  boolean isListening() {
    return source.isProved() && catchUpRun.isCaughtUp();
  }

  /** What is wrong with the database, in a sentence; null if nothing is known to be. */
  @Nullable String databaseProblem() {
    String problem = schema.problem();
    return problem == null ? retry.problem() : problem;
  }

  /** Why events do not arrive as they should, in a sentence; null if they do. */
  @Nullable String problem() {
    if (!source.isProved()) {
      String state = source.state().name().toLowerCase(Locale.ROOT);
      return "the listener is " + state + ": " + source.reason();
    }
    String problem = databaseProblem();
    if (!catchUpRun.isCaughtUp()) {
      return "the feed is catching up" + (problem == null ? "" : ": " + problem);
    }
    if (problem != null) {
      return problem;
    }
    long waitNanos = oldestWaitNanos.getAsLong();
    return waitNanos <= maxRowWaitNanos
        ? null
        : "an rpc log has waited for " + TimeUnit.NANOSECONDS.toSeconds(waitNanos) + " s";
  }

  /** The control of a failed read: what must work if the database is well. */
  static @Nullable String whatIsWrongWithTheDatabase(SchemaWatch schema, RpcLogReader reader) {
    try {
      String wrong = schema.look();
      reader.readNothing();
      return wrong;
    } catch (SQLException | RuntimeException e) {
      return "the database can't be read: " + DatabaseRetry.describe(e);
    }
  }
}
