package herald.gateway.relay;

import herald.gateway.logging.IntervalLog;
import herald.gateway.stream.StreamListener;
import herald.gateway.stream.StreamMessage;
import org.slf4j.LoggerFactory;

/** Tells the queue what stands in the stream. The reader's thread. */
final class RelayReading implements StreamListener {
  private static final long NOT_OPENED = -1;

  private final RelayQueue queue;
  private final IntervalLog log = new IntervalLog(LoggerFactory.getLogger(RelayReading.class));

  /** The end of the stream when it was first opened. */
  private volatile long firstEnd = NOT_OPENED;

  RelayReading(RelayQueue queue) {
    this.queue = queue;
  }

  /**
   * Whether all has been read that was in the stream at the start. Any thread.
   *
   * @param readUntil the sequence of the last message that has been read
   */
  boolean hasReadTheStart(long readUntil) {
    long end = firstEnd;
    return end != NOT_OPENED && readUntil >= end;
  }

  @Override
  public void onOpened(long end) {
    if (firstEnd == NOT_OPENED) {
      firstEnd = end;
    }
  }

  @Override
  public void onMessage(long sequence, long storedAtMicros, StreamMessage message) {
    queue.onRead(message, storedAtMicros);
  }

  @Override
  public void onMissing(String reason) {
    if (firstEnd != NOT_OPENED) {
      log.warn("messages of the stream have not been read: " + reason);
      // What was to be read at the start may be among them.
      firstEnd = 0;
    }
    queue.onMissing();
  }

  @Override
  public void onUnreadable(long sequence) {
    // The reader has said so.
  }
}
