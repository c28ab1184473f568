package herald.gateway.wal;

/**
 * How far one connection has come with the probe that is on its way. The watch's thread, but for
 * what says otherwise.
 */
final class LogProgress {
  private final int serverProcess;
  private volatile long receivedNanos;
  private volatile long sentNanos;
  private volatile boolean hasRoom = true;
  private volatile boolean isUnderWay;

  /** Up to where the log was written when the probe stood in it. */
  private long writtenLsn;

  /**
   * @param serverProcess the server's process that sends the log
   */
  LogProgress(int serverProcess, long nowNanos) {
    this.serverProcess = serverProcess;
    receivedNanos = nowNanos;
    sentNanos = nowNanos;
  }

  /** A probe is about to be sent. */
  void onProbeSent(long nowNanos) {
    sentNanos = nowNanos;
    isUnderWay = true;
  }

  /** It stands in the log, before this position. */
  void onProbeWritten(long lsn) {
    writtenLsn = lsn;
  }

  boolean isProbeUnderWay() {
    return isUnderWay;
  }

  /** The probe has come back; when it was sent. The reader's thread. */
  long onProbeReturned() {
    isUnderWay = false;
    return sentNanos;
  }

  /** Something has come. The reader's thread. */
  void onReceived(long nowNanos) {
    receivedNanos = nowNanos;
  }

  /** Whether the reader reads. Its thread. */
  void setRoom(boolean room) {
    hasRoom = room;
  }

  /**
   * Whether the probe should have come back: the server's process has sent it, or is not there any
   * more. One that has not come so far yet may be working its way through much log.
   */
  boolean isMute(SlotState state, long timeoutNanos, long nowNanos) {
    boolean hasBeenSent =
        state.readerProcess() != serverProcess
            || Long.compareUnsigned(state.sentLsn(), writtenLsn) >= 0;
    return isUnderWay
        && hasRoom
        && hasBeenSent
        && nowNanos - sentNanos > timeoutNanos
        && nowNanos - receivedNanos > timeoutNanos;
  }
}
