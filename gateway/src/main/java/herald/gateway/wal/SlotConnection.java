package herald.gateway.wal;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.WalSettings;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/**
 * Two connections to one server: one reads the slot, and one asks about it. The first belongs to
 * the reader's thread, but for {@link #confirm}; the second to the watch's; {@link #close} to any.
 */
final class SlotConnection implements AutoCloseable {
  /** So often the server is told what has been confirmed, and that this side is alive. */
  private static final int STATUS_MILLIS = 500;

  /**
   * A reader that is gone without a word keeps the slot for so long. It is long enough for a pause
   * of this JVM.
   */
  private static final int SENDER_TIMEOUT_MILLIS = 10_000;

  private final Connection asking;
  private final Connection reading;
  private final PGReplicationStream stream;
  private final int serverProcess;
  private volatile boolean isClosed;

  private SlotConnection(Connection asking, Connection reading, PGReplicationStream stream)
      throws SQLException {
    this.asking = asking;
    this.reading = reading;
    this.stream = stream;
    serverProcess = reading.unwrap(PGConnection.class).getBackendPID();
  }

  /**
   * Connects, and begins to read where all had been confirmed.
   *
   * @param asking an ordinary connection to the same host, which is closed with this one
   */
  static SlotConnection open(
      DatabaseUrl host, Connection asking, int timeoutMillis, WalSettings settings)
      throws SQLException {
    Connection reading = WalConnections.replication(host, timeoutMillis, SENDER_TIMEOUT_MILLIS);
    try {
      reading.setNetworkTimeout(Runnable::run, timeoutMillis);
      PGReplicationStream stream =
          reading
              .unwrap(PGConnection.class)
              .getReplicationAPI()
              .replicationStream()
              .logical()
              .withSlotName(settings.slot())
              .withSlotOption("proto_version", 1)
              .withSlotOption("publication_names", WalSettings.PUBLICATION)
              .withSlotOption("messages", true)
              .withStatusInterval(STATUS_MILLIS, TimeUnit.MILLISECONDS)
              // By itself the driver would confirm what it has received, in the middle of a
              // transaction too.
              .withAutomaticFlush(false)
              .start();
      // From now on it may be silent for as long as there is nothing to say.
      reading.setNetworkTimeout(Runnable::run, 0);
      return new SlotConnection(asking, reading, stream);
    } catch (SQLException | RuntimeException e) {
      try (reading) {
        throw e;
      }
    }
  }

  /** The next message; null if none has come within a millisecond. The reader's thread. */
  @Nullable ByteBuffer poll() throws SQLException {
    return stream.readPending();
  }

  /** Says that this side is alive while it does not read. The reader's thread. */
  void keepAlive() throws SQLException {
    stream.forceUpdateStatus();
  }

  /** Everything before this position may be forgotten. Any thread; the server is told soon. */
  void confirm(long lsn) {
    LogSequenceNumber confirmed = LogSequenceNumber.valueOf(lsn);
    stream.setAppliedLSN(confirmed);
    stream.setFlushedLSN(confirmed);
  }

  /** The connection that asks. The watch's thread. */
  Connection asking() {
    return asking;
  }

  /** The server's process that reads the log for this connection. */
  int serverProcess() {
    return serverProcess;
  }

  boolean isClosed() {
    return isClosed;
  }

  /** Ends both at once, whatever a thread is doing on them. */
  @Override
  public void close() {
    isClosed = true;
    abort(reading);
    abort(asking);
  }

  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is being thrown away.
    }
  }
}
