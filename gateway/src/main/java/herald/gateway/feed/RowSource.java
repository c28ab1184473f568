package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where rows are read: from the replica as long as it keeps up and answers, else from the primary,
 * whose word is the last.
 *
 * <p>A replica applies commits in order. So when a row is missing there, what was notified after it
 * is not to be had there either: the rows before it are given out, and the rest is asked for again,
 * until patience is at an end. Fetch thread only.
 */
final class RowSource implements AutoCloseable {
  private static final long POLL_MILLIS = 25;
  private static final long FIRST_BYPASS_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LONGEST_BYPASS_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ReadAhead primary;
  private final @Nullable ImpatientReader replica;
  private final @Nullable CommitVisibility visibility;
  private final long patienceNanos;
  private long bypassNanos = FIRST_BYPASS_NANOS;
  private long bypassUntilNanos = System.nanoTime();
  private long waitingSinceNanos;

  /**
   * @param replica null if the primary is read
   */
  RowSource(ReadAhead primary, @Nullable ImpatientReader replica, FeedSettings settings) {
    this(primary, replica, null, settings);
  }

  /**
   * The same for rows of which something is heard before they can be seen.
   *
   * @param visibility null if what is heard of can be seen on the primary
   */
  RowSource(
      ReadAhead primary,
      @Nullable ImpatientReader replica,
      @Nullable CommitVisibility visibility,
      FeedSettings settings) {
    this.primary = primary;
    this.replica = replica;
    this.visibility = visibility;
    patienceNanos = TimeUnit.MILLISECONDS.toNanos(settings.replicaPatienceMillis());
  }

  /**
   * What one look has found.
   *
   * @param logs rows in the order asked for, none missing between two of them on a replica
   * @param missing signatures that even the primary does not know
   * @param unreadable signatures of rows that can't be read though others can
   * @param readAtNanos when they had been read, on the clock of {@code System.nanoTime}
   * @param nanos how long the reading took
   */
  record Rows(
      List<RpcLog> logs,
      Set<String> missing,
      Set<String> unreadable,
      long readAtNanos,
      long nanos) {
    Rows(List<RpcLog> logs, Set<String> missing, ReadAhead.Read read) {
      this(logs, missing, Set.of(), read.readAtNanos(), read.nanos());
    }
  }

  /**
   * Looks for the first of these rows; what is neither found nor missing is to be asked for again,
   * and more may be asked for behind it.
   */
  Rows read(Map<String, Long> signatures) throws SQLException, InterruptedException {
    if (replica == null || System.nanoTime() - bypassUntilNanos < 0) {
      return fromPrimary(signatures);
    }
    primary.forget();
    ReadAhead.Read read = replica.read(signatures);
    if (read == null) {
      // Whatever is wrong there, the primary has the last word.
      bypassUntilNanos = System.nanoTime() + bypassNanos;
      bypassNanos = Math.min(LONGEST_BYPASS_NANOS, bypassNanos * 2);
      return fromPrimary(signatures);
    }
    bypassNanos = FIRST_BYPASS_NANOS;
    List<RpcLog> inOrder = untilTheFirstMissing(read);
    if (!inOrder.isEmpty()) {
      waitingSinceNanos = 0;
      return new Rows(inOrder, Set.of(), read);
    }
    long now = System.nanoTime();
    if (waitingSinceNanos == 0) {
      waitingSinceNanos = now;
    }
    if (now - waitingSinceNanos >= patienceNanos) {
      waitingSinceNanos = 0;
      bypassUntilNanos = now + FIRST_BYPASS_NANOS;
      return fromPrimary(signatures);
    }
    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    return new Rows(List.of(), Set.of(), read);
  }

  private static List<RpcLog> untilTheFirstMissing(ReadAhead.Read read) {
    List<RpcLog> found = read.found();
    int inOrder = 0;
    for (String signature : read.asked()) {
      if (inOrder == found.size() || !found.get(inOrder).sig().equals(signature)) {
        break;
      }
      inOrder++;
    }
    return found.subList(0, inOrder);
  }

  private Rows fromPrimary(Map<String, Long> signatures) throws SQLException, InterruptedException {
    if (replica != null) {
      replica.forget();
    }
    ReadAhead.Read read = primary.read(signatures);
    Set<String> missing = new LinkedHashSet<>(read.asked());
    read.found().forEach(log -> missing.remove(log.sig()));
    if (visibility != null && !missing.isEmpty() && !visibility.wasVisible(missing)) {
      primary.forget();
      return new Rows(untilTheFirstMissing(read), Set.of(), read);
    }
    return new Rows(read.found(), missing, read);
  }

  /** Lets go what was read ahead: after a failure, it is read anew. */
  void forget() {
    primary.forget();
    if (replica != null) {
      replica.forget();
    }
  }

  @Override
  public void close() {
    primary.close();
    if (replica != null) {
      replica.close();
    }
  }
}
