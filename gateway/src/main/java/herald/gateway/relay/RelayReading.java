package herald.gateway.relay;

import herald.gateway.feed.FeedMark;
import herald.gateway.logging.IntervalLog;
import herald.gateway.stream.StreamListener;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.gateway.stream.StreamReader;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Tells the queue what stands in the stream. The reader's thread. */
final class RelayReading implements StreamListener {
  private static final long NOT_OPENED = -1;

  /** From the time with which a row is stamped until it is committed. */
  private static final long SLACK_MICROS = TimeUnit.SECONDS.toMicros(1);

  private final RelayQueue queue;
  private @Nullable StreamReader reader;
  private final IntervalLog log = new IntervalLog(LoggerFactory.getLogger(RelayReading.class));

  /** The end of the stream when it was first opened. */
  private volatile long firstEnd = NOT_OPENED;

  /** Shortly before the first message that has been read, an event or a mark, by the database. */
  private volatile long firstMicros;

  /**
   * The transaction of that event, or the lowest that was open at that mark; 0 before the first.
   */
  private volatile int firstXid;

  RelayReading(RelayQueue queue) {
    this.queue = queue;
  }

  /** The reader that calls; before it starts. */
  void readBy(StreamReader caller) {
    reader = caller;
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

  /**
   * Since when it is known what has been published, microseconds since the epoch; 0 if a feed that
   * begins at a point finds nothing that was published before. It does if a transaction has been
   * open since before the stream's first message. Of use when the start has been read.
   */
  long knownSinceMicros(FeedMark begin) {
    int xid = firstXid;
    boolean isHeldBack = xid != 0 && (int) begin.base().xmin() - xid <= 0;
    return isHeldBack ? firstMicros : 0;
  }

  /**
   * Whether all rows are known that were published since the older point of a mark, by which a feed
   * reads again what a standby may lack that was promoted. Of use when the start has been read.
   */
  boolean knowsSinceOlder(FeedMark mark) {
    int xid = firstXid;
    return xid != 0 && (int) mark.older().xmin() - xid > 0;
  }

  @Override
  public void onOpened(long end) {
    if (queue.hasLostBehind(end)) {
      rewind();
    } else if (firstEnd == NOT_OPENED) {
      firstEnd = end;
    }
  }

  private void rewind() {
    Objects.requireNonNull(reader).onRewound("the stream has lost what this relay has published");
  }

  @Override
  public void onMessage(long sequence, long storedAtMicros, StreamMessage message) {
    if (queue.hasLostAt(sequence, message)) {
      rewind();
    }
    if (firstXid == 0) {
      noteFirst(message);
    }
    queue.onRead(message, storedAtMicros);
  }

  private void noteFirst(StreamMessage message) {
    if (message instanceof OneEvent event) {
      firstMicros = event.committedAtMicros() - SLACK_MICROS;
      firstXid = event.xid();
    } else if (message instanceof PointMark mark) {
      firstMicros = mark.mark().point().clockMicros() - SLACK_MICROS;
      firstXid = (int) mark.mark().point().xmin();
    }
  }

  @Override
  public void onMissing(String reason) {
    if (firstEnd != NOT_OPENED) {
      log.warn("messages of the stream have not been read: " + reason);
      // What was to be read at the start may be among them: it is opened again.
      firstEnd = NOT_OPENED;
    }
    queue.onMissing();
  }

  @Override
  public void onMadeAnew(String reason) {
    onRewound(reason);
  }

  @Override
  public void onRewound(String reason) {
    log.warn(
        reason
            + ": it is read from its start, and what it lacks is read from the database and"
            + " published again");
    firstEnd = NOT_OPENED;
    firstXid = 0;
    queue.onRewound();
  }

  /** The reader has said so. */
  @Override
  public void onUnreadable(long sequence) {
    queue.onUnreadable(sequence);
  }
}
