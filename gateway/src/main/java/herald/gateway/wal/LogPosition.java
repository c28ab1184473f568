package herald.gateway.wal;

/** A place in the log, behind a probe. Any thread. */
public final class LogPosition {
  private final SlotConnection connection;
  private final SlotFigures figures;
  private final long endLsn;
  private final long sentNanos;

  /**
   * @param connection on which the probe has come back: on no other does the position mean anything
   * @param sentNanos when the probe was sent
   */
  LogPosition(SlotConnection connection, SlotFigures figures, long endLsn, long sentNanos) {
    this.connection = connection;
    this.figures = figures;
    this.endLsn = endLsn;
    this.sentNanos = sentNanos;
  }

  /** Where the log goes on behind the probe. */
  public long endLsn() {
    return endLsn;
  }

  /**
   * All rows before it have been handled for good: the server may forget them. What has not been
   * confirmed is sent again on the next connection.
   */
  public void confirm() {
    connection.confirm(endLsn);
    figures.onConfirmed(sentNanos);
  }
}
