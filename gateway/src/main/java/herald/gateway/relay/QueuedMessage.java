package herald.gateway.relay;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import herald.protocol.EncodedEvent;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/** An event or a mark that waits to stand in the stream. Under the lock of the queue. */
final class QueuedMessage {
  private static final long SHELL_BYTES = 256;
  private static final long NO_KEY = 0;

  private final long key;
  private final @Nullable Event event;
  private final @Nullable FeedMark mark;
  private final long queuedAtNanos;
  private final long bytes;

  /** Whether a mark had said that all of its time stood in the stream when it came. */
  private final boolean isLate;

  private boolean isGone;

  private QueuedMessage(
      long key,
      @Nullable Event event,
      @Nullable FeedMark mark,
      long queuedAtNanos,
      long bytes,
      boolean isLate) {
    this.key = key;
    this.event = event;
    this.mark = mark;
    this.queuedAtNanos = queuedAtNanos;
    this.bytes = bytes;
    this.isLate = isLate;
  }

  static QueuedMessage of(Event event, long key, long nowNanos, boolean isLate) {
    EncodedEvent encoded = event.encoded();
    Audience audience = event.audience();
    RoaringBitmap bitmap = audience.bitmap();
    long bytes =
        SHELL_BYTES
            + encoded.length(0)
            + (bitmap == null
                ? (long) Integer.BYTES * audience.users().length
                : bitmap.getLongSizeInBytes());
    return new QueuedMessage(key, event, null, nowNanos, bytes, isLate);
  }

  static QueuedMessage of(FeedMark mark, long nowNanos) {
    return new QueuedMessage(NO_KEY, null, mark, nowNanos, SHELL_BYTES, false);
  }

  long key() {
    return key;
  }

  /** Null for a mark. */
  @Nullable Event event() {
    return event;
  }

  /** Null for an event. */
  @Nullable FeedMark mark() {
    return mark;
  }

  long queuedAtNanos() {
    return queuedAtNanos;
  }

  long bytes() {
    return bytes;
  }

  boolean isLate() {
    return isLate;
  }

  /** Whether it need not be published any more. */
  boolean isGone() {
    return isGone;
  }

  void go() {
    isGone = true;
  }
}
