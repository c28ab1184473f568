package herald.gateway.stream;

import herald.gateway.feed.FeedPoint;
import java.util.concurrent.TimeUnit;

/**
 * What stands in the stream, so that no event is published twice: 64 bits of each event's id, in
 * two generations, of which the older is forgotten when the younger has lasted for the stream's
 * span. What was stamped by a clock that is ahead is known for longer. An instance with two sources
 * keeps in it what either of them has published. Not thread-safe.
 */
public final class PublishedEvents {
  private static final long NO_MARK_YET = Long.MAX_VALUE;
  private static final int MAX_PER_GENERATION = 8_000_000;

  private long spanMicros;
  private KeySet current = new KeySet();
  private KeySet previous = new KeySet();
  private AheadEvents ahead = new AheadEvents();

  /** The highest transaction of what is in the younger generation; 0 if none is known. */
  private int currentXid;

  private int previousXid;
  private long currentSinceMicros = Long.MIN_VALUE;

  /** What was stored before may be missing here. */
  private long completeSinceMicros = Long.MIN_VALUE;

  /** What was published of earlier transactions may be missing here. */
  private long completeSinceXmin;

  /** The first mark since {@link #currentSinceMicros}. */
  private long currentSinceXmin = NO_MARK_YET;

  private String cluster = "";

  private boolean isMissing;

  /** The highest transaction of those that are not known any more; 0 if there is none. */
  private int forgottenXid;

  /**
   * @param spanMillis for how long messages stand in the stream
   */
  public PublishedEvents(long spanMillis) {
    spanMicros = TimeUnit.MILLISECONDS.toMicros(spanMillis);
  }

  /**
   * Keeps what is noted for so long at least.
   *
   * @param millis for how long messages stand in the stream
   */
  public void rememberFor(long millis) {
    spanMicros = Math.max(spanMicros, TimeUnit.MILLISECONDS.toMicros(millis));
  }

  /** Whether an event is known. */
  public boolean contains(long key) {
    return current.contains(key) || previous.contains(key) || ahead.contains(key);
  }

  /**
   * Whether what was stored since this moment is known, all of it.
   *
   * @param micros microseconds since the epoch
   */
  public boolean isCompleteSince(long micros) {
    return micros >= completeSinceMicros;
  }

  /**
   * Whether what was published of this transaction is known, all of it. A row may be stamped long
   * before it is committed, by a clock that is wrong.
   */
  public boolean isCompleteSinceTransaction(long xid) {
    return xid >= completeSinceXmin;
  }

  /** A mark of the stream has been read: what is of later transactions stands behind it. */
  public void onMark(FeedPoint point) {
    if (!cluster.equals(point.cluster())) {
      // Transactions of another history are not compared.
      cluster = point.cluster();
      completeSinceXmin = completeSinceMicros == Long.MIN_VALUE ? 0 : NO_MARK_YET;
      currentSinceXmin = NO_MARK_YET;
    }
    completeSinceXmin = completeSinceXmin == NO_MARK_YET ? point.xmin() : completeSinceXmin;
    currentSinceXmin = Math.min(currentSinceXmin, point.xmin());
  }

  /** The stream is read again from its start, and has other messages. */
  public void forget() {
    current = new KeySet();
    previous = new KeySet();
    currentXid = 0;
    previousXid = 0;
    ahead = new AheadEvents();
    currentSinceMicros = Long.MIN_VALUE;
    completeSinceMicros = Long.MIN_VALUE;
    completeSinceXmin = 0;
    currentSinceXmin = NO_MARK_YET;
    cluster = "";
    isMissing = false;
    forgottenXid = 0;
  }

  /** Messages of the stream have not been read. */
  public void onMissing() {
    isMissing = true;
  }

  /**
   * A message of the stream has been read, of whatever kind.
   *
   * @param micros when it was stored
   */
  public void onRead(long micros) {
    if (isMissing) {
      isMissing = false;
      completeSinceMicros = Math.max(completeSinceMicros, micros);
      completeSinceXmin = NO_MARK_YET;
    }
  }

  /**
   * Notes an event.
   *
   * @param appliedAtMicros when its row was applied, by the clock of who wrote it
   * @param micros when it was stored
   */
  public void add(long key, long appliedAtMicros, long micros) {
    add(key, 0, appliedAtMicros, micros);
  }

  /**
   * The same with the transaction that wrote the event's row.
   *
   * @param xid the lower 32 bits of its id; 0 if it is not known
   */
  void add(long key, int xid, long appliedAtMicros, long micros) {
    ahead.add(key, appliedAtMicros, micros);
    if (currentSinceMicros == Long.MIN_VALUE) {
      currentSinceMicros = micros;
    } else if (micros - currentSinceMicros > spanMicros || current.size() == MAX_PER_GENERATION) {
      if (previous.size() > 0) {
        completeSinceMicros = Math.max(completeSinceMicros, currentSinceMicros);
        completeSinceXmin = Math.max(completeSinceXmin, currentSinceXmin);
      }
      forgottenXid = later(forgottenXid, previousXid);
      previous = current;
      previousXid = currentXid;
      current = new KeySet();
      currentXid = 0;
      currentSinceMicros = micros;
      currentSinceXmin = NO_MARK_YET;
    }
    current.add(key);
    currentXid = later(currentXid, xid);
  }

  /** As PostgreSQL compares; 0 is none. */
  private static int later(int xid, int other) {
    return xid == 0 || (other != 0 && other - xid > 0) ? other : xid;
  }

  /** What was stored since this moment is known, all of it, microseconds since the epoch. */
  long completeSinceMicros() {
    return completeSinceMicros;
  }

  /** The highest transaction of what has been forgotten, 32 bits; 0 if nothing was. */
  int forgottenXid() {
    return forgottenXid;
  }

  int size() {
    return current.size() + previous.size();
  }
}
