package herald.gateway.feed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows, and narrows a failure down to the row that causes it, so that one row costs nobody
 * else anything. What fails as a batch is tried as its first half, and so on down to one row; a row
 * that fails alone a few times, while the database answers other questions, is given out as
 * unreadable. A failure of the connection or of the whole database is waited out. Fetch thread.
 */
final class FaultIsolatingReader {
  private final RowSource rows;
  private final DatabaseRetry retry;

  /** How many rows are asked for at once; all that wait unless something has failed. */
  private int limit = Integer.MAX_VALUE;

  private @Nullable Throwable failure;

  FaultIsolatingReader(RowSource rows, DatabaseRetry retry) {
    this.rows = rows;
    this.retry = retry;
  }

  /**
   * Reads the first of these, blocks until that has come to something, and begins to read more of
   * them; see {@link RowSource#read}.
   */
  RowSource.Rows read(Map<String, Long> signatures) throws InterruptedException {
    while (true) {
      retry.turn();
      Map<String, Long> asked = limit < signatures.size() ? first(signatures) : signatures;
      RowSource.Rows unreadable;
      try {
        RowSource.Rows found = rows.read(asked);
        retry.worked();
        limit = limit > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : limit * 2;
        return found;
      } catch (InterruptedException e) {
        throw e;
      } catch (Throwable e) {
        rows.forget();
        unreadable = onFailure(e, asked);
      }
      if (unreadable != null) {
        return unreadable;
      }
    }
  }

  /** Why the last row that was given out as unreadable is so. */
  Throwable failure() {
    return failure == null ? new IllegalStateException("no row was unreadable") : failure;
  }

  private Map<String, Long> first(Map<String, Long> signatures) {
    Map<String, Long> first = new LinkedHashMap<>();
    for (Map.Entry<String, Long> entry : signatures.entrySet()) {
      if (first.size() == limit) {
        break;
      }
      first.put(entry.getKey(), entry.getValue());
    }
    return first;
  }

  /** What to give out after a failure; null to try again. */
  private RowSource.@Nullable Rows onFailure(Throwable e, Map<String, Long> asked)
      throws InterruptedException {
    if (asked.size() > 1 && !DatabaseRetry.isOfConnection(e)) {
      retry.report(e);
      // A lock on a table lets every read run into its time-out: then it is no row's fault.
      if (!DatabaseRetry.isTimeout(e) || retry.isDatabaseWell()) {
        limit = asked.size() / 2;
      }
      return null;
    }
    if (retry.judge(e) == DatabaseRetry.Verdict.AGAIN) {
      return null;
    }
    failure = e;
    long nowNanos = System.nanoTime();
    return new RowSource.Rows(List.of(), Set.of(), Set.copyOf(asked.keySet()), nowNanos, 0);
  }
}
