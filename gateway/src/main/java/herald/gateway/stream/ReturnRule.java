package herald.gateway.stream;

import herald.gateway.feed.FeedMark;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the stream has all that the database's feed has not brought, so that it can be the source
 * again; and from which of its marks on positions mean something again. Not thread-safe: the switch
 * guards it.
 *
 * <p>A stream that goes on where it was has everything. One that was made anew, or has lost
 * messages, has all that was committed since it was noticed, and since the first mark that was read
 * after that: what was committed before must have come from the database.
 */
final class ReturnRule {
  /** More than clocks of the machines are apart. */
  private static final long CLOCK_MICROS = TimeUnit.SECONDS.toMicros(2);

  private static final long NOTHING = Long.MIN_VALUE;

  private final long timeoutMicros;
  private @Nullable FeedMark ofStream;
  private @Nullable FeedMark ofDatabase;

  /** When it was noticed that the stream lacks something; {@link #NOTHING} if it does not. */
  private long missingSinceMicros = NOTHING;

  /** The clock of the first mark that was read after that. */
  private long firstMarkMicros = NOTHING;

  private long behindReturnMicros = NOTHING;

  /** What a switch back would mean. */
  enum State {
    /** The stream has all that has not been published. */
    COMPLETE,
    /** So it has, but what is committed now would come late. */
    BEHIND,
    /** It lacks something that has not come from the database yet. */
    UNCOVERED
  }

  /**
   * @param timeoutMillis how far the stream may be behind the database
   */
  ReturnRule(long timeoutMillis) {
    timeoutMicros = TimeUnit.MILLISECONDS.toMicros(timeoutMillis);
  }

  /** The database is the source from now on. */
  void onBegin() {
    ofDatabase = null;
    missingSinceMicros = NOTHING;
    firstMarkMicros = NOTHING;
  }

  /** The stream lacks something, also what may come now. */
  void onMissing(long nowMicros) {
    missingSinceMicros = nowMicros;
    firstMarkMicros = NOTHING;
  }

  void onStreamMark(FeedMark mark) {
    ofStream = mark;
    if (missingSinceMicros != NOTHING && firstMarkMicros == NOTHING) {
      firstMarkMicros = mark.point().clockMicros();
    }
  }

  void onDatabaseMark(FeedMark mark) {
    ofDatabase = mark;
  }

  State state() {
    FeedMark stream = ofStream;
    FeedMark database = ofDatabase;
    if (missingSinceMicros != NOTHING
        && (database == null
            || firstMarkMicros == NOTHING
            || database.point().clockMicros()
                < Math.max(missingSinceMicros + CLOCK_MICROS, firstMarkMicros))) {
      return State.UNCOVERED;
    }
    boolean isBehind =
        stream == null
            || (database != null
                && stream.point().clockMicros() < database.point().clockMicros() - timeoutMicros);
    return isBehind ? State.BEHIND : State.COMPLETE;
  }

  /** The stream is the source from now on. */
  void onEnd(long nowMicros) {
    behindReturnMicros = nowMicros + CLOCK_MICROS;
  }

  /**
   * Whether all that has come from the database stands before this mark in the stream. The end of
   * the event log is not the place of an earlier one: events that stand behind it are in the log.
   */
  boolean isBehindTheReturn(FeedMark mark) {
    return mark.point().clockMicros() >= behindReturnMicros;
  }
}
