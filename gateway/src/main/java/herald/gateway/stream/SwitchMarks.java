package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import org.jspecify.annotations.Nullable;

/**
 * How far each of the two sources has got, and what that says of an event that the stream brings.
 * Not thread-safe: the switch guards it.
 */
final class SwitchMarks {
  private @Nullable FeedMark ofStream;

  /**
   * Up to where the database's feed has read, also when it has ended; null when the stream's marks
   * have come so far.
   */
  private @Nullable FeedMark ofDatabase;

  /** The last mark of the stream; null before the first. */
  @Nullable FeedMark ofStream() {
    return ofStream;
  }

  /** The database's feed begins. */
  void onBegin() {
    ofDatabase = null;
  }

  /**
   * A mark of the stream has been read.
   *
   * @param isSource whether the stream is the source
   */
  void onStreamMark(FeedMark mark, boolean isSource) {
    ofStream = mark;
    FeedMark database = ofDatabase;
    if (isSource
        && database != null
        && (!MarkedRows.isSameHistory(mark, database)
            || mark.point().xmin() >= database.point().xmin())) {
      ofDatabase = null;
    }
  }

  /**
   * The database's feed has read all before a mark.
   *
   * @return whether that says anything of what the stream brings
   */
  boolean onDatabaseMark(FeedMark mark) {
    ofDatabase = mark;
    FeedMark stream = ofStream;
    return stream != null && MarkedRows.isSameHistory(mark, stream);
  }

  /** Whether a relay has found the row of an event late: it should stand before the last mark. */
  boolean isLate(Event event) {
    return ofStream != null && MarkedRows.contains(ofStream, event);
  }

  /**
   * Whether the database's feed has read the row of an event: it has come from there, or has come
   * to nothing there.
   */
  boolean isSettledByDatabase(Event event) {
    FeedMark stream = ofStream;
    FeedMark database = ofDatabase;
    return stream != null
        && database != null
        && MarkedRows.isSameHistory(database, stream)
        && MarkedRows.contains(database, event);
  }
}
