package herald.gateway.events;

import java.util.ArrayDeque;

/**
 * The events of the last minutes in commit order, each held once, bounded by age and by bytes.
 *
 * <p>Written by the dispatch thread alone. The figures may be read by any thread.
 */
public final class EventLog {
  private final long horizonNanos;
  private final long maxBytes;
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private volatile long bytes;
  private volatile int size;
  private volatile long oldestAppendedAtNanos;
  private volatile long forcedOut;

  private record Entry(Event event, long bytes) {}

  /**
   * @param horizonNanos how long an event is kept
   * @param maxBytes how much is kept; beyond it the oldest events go before their time
   */
  public EventLog(long horizonNanos, long maxBytes) {
    this.horizonNanos = horizonNanos;
    this.maxBytes = maxBytes;
  }

  /** Appends {@code event} and lets go what is over the bounds. Dispatch thread. */
  public void append(Event event, long nowNanos) {
    event.appendedAt(nowNanos);
    Entry entry = new Entry(event, event.retainedBytes());
    entries.add(entry);
    bytes = bytes + entry.bytes;
    prune(nowNanos);
  }

  /** Lets go what is over the bounds. Dispatch thread. */
  public void prune(long nowNanos) {
    for (Entry oldest = entries.peek(); oldest != null; oldest = entries.peek()) {
      boolean expired = nowNanos - oldest.event.appendedAtNanos() > horizonNanos;
      if (!expired && bytes <= maxBytes) {
        break;
      }
      if (!expired) {
        forcedOut = forcedOut + 1;
      }
      entries.remove();
      bytes = bytes - oldest.bytes;
      oldest.event.release();
    }
    Entry oldest = entries.peek();
    oldestAppendedAtNanos = oldest == null ? nowNanos : oldest.event.appendedAtNanos();
    size = entries.size();
  }

  /** Bytes held. */
  public long bytes() {
    return bytes;
  }

  /** Bytes that may be held. */
  public long maxBytes() {
    return maxBytes;
  }

  /** Events held. */
  public int size() {
    return size;
  }

  /** The age of the oldest event held, zero if there is none. */
  public long spanNanos(long nowNanos) {
    return size == 0 ? 0 : Math.max(0, nowNanos - oldestAppendedAtNanos);
  }

  /** Events that had to go before the horizon because the bytes did not suffice. */
  public long forcedOut() {
    return forcedOut;
  }
}
