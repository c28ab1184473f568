package herald.gateway.feed;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.FeedMeters;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from a replica, and waits for it only for so long: one that is gone or does not answer must
 * not hold the feed up, since the primary can be asked. A read that takes too long is left behind
 * with all that was read ahead. So nobody needs to supervise its threads. Fetch thread.
 */
final class ImpatientReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImpatientReader.class);
  private static final long SHORTEST_WAIT_MILLIS = 500;

  private final RpcLogReader reader;
  private final long waitMillis;
  private final FeedMeters meters;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(new DefaultThreadFactory("herald-replica-read", true));
  private ReadAhead ahead;

  /**
   * @param patienceMillis how long the replica may take
   */
  ImpatientReader(RpcLogReader reader, long patienceMillis, FeedMeters meters) {
    this.reader = reader;
    waitMillis = Math.max(SHORTEST_WAIT_MILLIS, patienceMillis);
    this.meters = meters;
    ahead = new ReadAhead(reader);
  }

  /** Reads the first of these; null if the replica fails, or does not answer in time. */
  ReadAhead.@Nullable Read read(Map<String, Long> signatures) throws InterruptedException {
    ReadAhead reading = ahead;
    Map<String, Long> asked = new LinkedHashMap<>(signatures);
    Future<ReadAhead.Read> result = threads.submit(() -> reading.read(asked));
    try {
      return result.get(waitMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      abandon(DatabaseRetry.describe(e.getCause() == null ? e : e.getCause()));
    } catch (TimeoutException e) {
      result.cancel(true);
      abandon("no answer within " + waitMillis + " ms");
    }
    return null;
  }

  /** What is still being read belongs to a thread that nobody waits for. */
  private void abandon(String reason) {
    meters.replicaFailed();
    errors.warn("the replica can't be read, the primary is asked: " + reason);
    ahead.close();
    ahead = new ReadAhead(reader);
  }

  /** Lets go what was read ahead. */
  void forget() {
    ahead.forget();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    ahead.close();
  }
}
