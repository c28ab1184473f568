package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.WalSettings;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.wal.LogListener;
import herald.gateway.wal.LogPosition;
import herald.gateway.wal.LogReader;
import herald.gateway.wal.LogRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Hears of rows by the write-ahead log, which brings each in commit order, also those that were
 * committed while nobody read: after a loss it goes on where all had been confirmed, and what comes
 * again is left out by the {@link DuplicateFilter}. Only a slot that begins behind what has been
 * handed over has to be caught up with: it has been made anew, perhaps by one that ended before it
 * could read the table.
 *
 * <p>While many rows wait it lets the log wait on the server, so that the queue does not overflow.
 */
final class LogSource implements FeedSource, LogListener {
  /** Positions to confirm come at least so often. */
  private static final long LONGEST_PROBE_INTERVAL_MILLIS = 1_000;

  /** Rows that wait in memory at most; the rest waits on the server. */
  private static final int MOST_WAITING = 20_000;

  private final NotificationQueue queue;
  private final Runnable onListening;
  private final Runnable onAnew;
  private final FeedMeters meters;
  private final ListenerProof proof;
  private final LogReader reader;

  /** Of the probes that have come back and are not confirmed, by their numbers. */
  private final ConcurrentSkipListMap<Long, LogPosition> positions = new ConcurrentSkipListMap<>();

  /** All before this point has been handed over, and what the log has behind it follows. */
  private volatile @Nullable FeedPoint handled;

  private volatile @Nullable FeedPoint lastPoint;
  private volatile String reason = "it has not connected yet";

  /** The number of the present connection. The reader's thread. */
  private long connection;

  /**
   * @param begin all before it has been handed over by another feed; null if none is known
   * @param onListening called when the first probe of a connection has come back
   * @param onAnew called when the slot begins behind what has been handed over, so that rows may
   *     have been missed
   */
  LogSource(
      GatewayConfig config,
      WalSettings wal,
      @Nullable FeedBegin begin,
      NotificationQueue queue,
      Runnable onListening,
      Runnable onAnew,
      Meters meters,
      Supervisor supervisor) {
    handled = begin == null ? null : begin.mark().base();
    this.queue = queue;
    this.onListening = onListening;
    this.onAnew = onAnew;
    this.meters = meters.feed();
    proof = new ListenerProof(meters.feed());
    FeedSettings settings = config.feed();
    reader =
        new LogReader(
            config.listenDatabase(),
            wal,
            settings.connectTimeoutMillis(),
            FeedPoint::logProbe,
            Math.min(LONGEST_PROBE_INTERVAL_MILLIS, settings.probeIntervalMillis()),
            settings.probeTimeoutMillis(),
            this,
            meters.wal(),
            supervisor);
  }

  @Override
  public void start() {
    reader.start();
  }

  @Override
  public ListenerState state() {
    return proof.state();
  }

  @Override
  public String reason() {
    return reason;
  }

  @Override
  public long probesSent() {
    return reader.probesSent();
  }

  @Override
  public @Nullable FeedPoint lastPoint() {
    return lastPoint;
  }

  @Override
  public void confirm(FeedPoint point) {
    handled = point;
    LogPosition position = positions.remove(point.probeNumber());
    positions.headMap(point.probeNumber()).clear();
    if (position != null) {
      position.confirm();
    }
  }

  @Override
  public boolean hasRoom() {
    return queue.size() < MOST_WAITING;
  }

  @Override
  public void onConnecting() {
    connection = proof.nextConnection();
    proof.become(ListenerState.CONNECTING);
  }

  @Override
  public void onStreaming(Connection asking, boolean isAnew, long confirmedLsn)
      throws SQLException {
    // Rows may come before the first probe, and their transactions' ids are completed by this.
    FeedPoint now = FeedPoint.of(asking);
    lastPoint = now;
    meters.listenerConnected();
    proof.become(ListenerState.UNPROVED);
    reason = "no probe has come back yet";
    if (isAnew || beginsBehind(confirmedLsn, now)) {
      // What comes from now on stands behind what the table has.
      queue.hold();
      onAnew.run();
      queue.release();
    }
  }

  /** Whether the log that comes leaves out some of what has not been handed over. */
  private boolean beginsBehind(long confirmedLsn, FeedPoint now) {
    FeedPoint known = handled;
    if (known != null && known.cluster().isEmpty()) {
      // Only the time is known, and the slot may have been made since.
      return true;
    }
    return known != null
        && known.isOfSystem(now.cluster())
        && Long.compareUnsigned(confirmedLsn, known.writtenLsn()) > 0;
  }

  @Override
  public void onRow(LogRow row) {
    meters.notificationReceived();
    queue.addRow(row.signature(), row.xid(), System.nanoTime());
  }

  @Override
  public void onCommit() {
    queue.announce();
  }

  @Override
  public void onProbe(String content, LogPosition position) {
    FeedPoint point = FeedPoint.parse(content).inLog(position.endLsn());
    positions.put(point.probeNumber(), position);
    proof.onProbeReturned(
        connection,
        () -> {
          queue.add(point, System.nanoTime());
          lastPoint = point;
        });
    if (state() == ListenerState.UNPROVED && proof.prove()) {
      onListening.run();
    }
    queue.announce();
  }

  @Override
  public void onLost(String why) {
    reason = why;
    proof.onLost(connection);
    positions.clear();
  }

  @Override
  public void close() {
    proof.become(ListenerState.CLOSED);
    reader.close();
  }
}
