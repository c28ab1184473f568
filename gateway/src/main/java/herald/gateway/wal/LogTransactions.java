package herald.gateway.wal;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what the messages of one transaction say. The server sends only transactions that
 * have been committed, so that its rows can be handed on before its end. The reader's thread.
 */
final class LogTransactions implements PgOutputDecoder.Handler {
  private final String probePrefix;
  private final LogListener listener;
  private final LongFunction<LogPosition> position;

  private long xid;
  private long commitLsn;
  private long commitMicros;
  private boolean hasRows;
  private @Nullable String probe;

  /**
   * @param probePrefix tells the probes of this reader from all other messages
   * @param position of the probe that has come back, by where the log goes on behind it
   */
  LogTransactions(String probePrefix, LogListener listener, LongFunction<LogPosition> position) {
    this.position = position;
    this.probePrefix = probePrefix;
    this.listener = listener;
  }

  @Override
  public void onBegin(long xid, long commitLsn, long commitMicros) {
    this.xid = xid;
    this.commitLsn = commitLsn;
    this.commitMicros = commitMicros;
    hasRows = false;
    probe = null;
  }

  @Override
  public void onInsert(String signature) {
    hasRows = true;
    listener.onRow(new LogRow(signature, xid, commitLsn, commitMicros));
  }

  @Override
  public void onMessage(String prefix, String content) {
    if (prefix.equals(probePrefix)) {
      probe = content;
    }
  }

  @Override
  public void onCommit(long endLsn) {
    String returned = probe;
    probe = null;
    if (hasRows) {
      hasRows = false;
      listener.onCommit();
    }
    if (returned != null) {
      listener.onProbe(returned, position.apply(endLsn));
    }
  }
}
