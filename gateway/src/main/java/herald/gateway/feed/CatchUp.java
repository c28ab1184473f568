package herald.gateway.feed;

import herald.gateway.database.ReadTransaction;
import herald.gateway.database.TransactionSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;
import javax.sql.DataSource;

/**
 * Reads from the table of the primary which rpc logs were committed since a point. Visibility
 * decides, and no clock: a row is new if the transaction that wrote it may have been open at the
 * point, whatever time the row bears. Any thread.
 *
 * <p>The index on {@code applied_at} only narrows the reading to a window that is wider than clocks
 * can be wrong and transactions can stay open. Within the window, transaction ids are compared by
 * their age, as PostgreSQL does, so that neither the end of an epoch nor frozen rows matter; a
 * point that is too far away for that has the whole window read.
 *
 * <p>The order is that of commits if the server keeps their times ({@code track_commit_timestamp}),
 * else that in which the transactions began to write, which is the order of commits within a chat
 * for writers that lock the chat before they write.
 */
final class CatchUp {
  private static final int PAGE = 5_000;

  /** Ages of rows: none is, and every one is, at most this. */
  static final int NO_ROW = Integer.MIN_VALUE;

  static final int EVERY_ROW = Integer.MAX_VALUE;

  /**
   * Whether the transaction of a row is not below an id of 64 bits. Parameters: the id twice;
   * {@link #EVERY_ROW} or {@link #NO_ROW} if it is too far away to be compared.
   */
  static final String IS_SINCE =
      """
      age(xmin) <= (
            select case
              when pg_snapshot_xmax(pg_current_snapshot())::text::bigint - ? between 0 and 2147000000
              then age((? & 4294967295)::text::xid) else ? end)\
      """;

  /**
   * Parameters: the window's start; the point's xmin twice; the age if it is too far away; two
   * times, between which rows are read whatever their ids; and a third time, behind which they are
   * read if their transactions are not below an id, twice, and the age if that is too far away.
   */
  private static final String SINCE =
      """
      select sig from rpc_log
      where applied_at >= timestamp 'epoch' + ? * interval '1 microsecond'
        and (%s
          or applied_at between timestamp 'epoch' + ? * interval '1 microsecond'
              and timestamp 'epoch' + ? * interval '1 microsecond'
            and (applied_at <= timestamp 'epoch' + ? * interval '1 microsecond' or %s))
      order by %s age(xmin) desc, applied_at, sig
      """;

  private static final String BY_TRANSACTION = SINCE.formatted(IS_SINCE, IS_SINCE, "");
  private static final String BY_COMMIT =
      SINCE.formatted(IS_SINCE, IS_SINCE, "pg_xact_commit_timestamp(xmin) nulls first,");

  /** Parameters: the window's start, its end, the lowest transaction. */
  private static final String LEFT_OUT =
      """
      select sig, xmin::text::bigint from rpc_log
      where applied_at >= timestamp 'epoch' + ? * interval '1 microsecond'
        and applied_at < timestamp 'epoch' + ? * interval '1 microsecond'
        and age(xmin) <= (select age((? & 4294967295)::text::xid))
      """;

  private final DataSource primary;
  private final PrimaryGuard guard;
  private final long windowMicros;
  private final long overlapMicros;
  private final int timeoutMillis;
  private final ObjLongConsumer<String> onLeftOut;

  /**
   * @param windowMillis how far before the point rows may be stamped
   * @param overlapMillis how far before the point a server is read whose transaction ids can't be
   *     compared with the point's
   * @param timeoutMillis the longest that one reading may take
   * @param onLeftOut told of rows that a reading by time has left out and that a later reading by
   *     transaction would find, with the transaction, before the reading ends
   */
  CatchUp(
      DataSource primary,
      PrimaryGuard guard,
      long windowMillis,
      long overlapMillis,
      int timeoutMillis,
      ObjLongConsumer<String> onLeftOut) {
    this.onLeftOut = onLeftOut;
    this.timeoutMillis = timeoutMillis;
    this.primary = primary;
    this.guard = guard;
    windowMicros = windowMillis * 1_000;
    overlapMicros = overlapMillis * 1_000;
  }

  /** Takes some signatures, which follow those of the call before. */
  @FunctionalInterface
  interface PageHandler {
    void handle(List<String> page) throws SQLException, InterruptedException;
  }

  /** Finds the bounds when the reading's own point is known. */
  @FunctionalInterface
  private interface Beginning {
    CatchUpBounds bounds(FeedPoint now);
  }

  /**
   * Gives out the rows that were committed since a point, page by page, and returns the point up to
   * which they have been given out.
   *
   * <p>All pages are of one snapshot. Were they not, a row could be found of whose chat an earlier
   * one has been committed behind the place that was read already; that one is notified, and would
   * come too late.
   *
   * @param older an earlier point, which a standby that has been promoted since is sure to have
   *     reached
   */
  FeedPoint readSince(FeedPoint since, FeedPoint older, PageHandler handler)
      throws SQLException, InterruptedException {
    return read(now -> bounds(since, older, older, now), handler);
  }

  /**
   * The same for a feed that begins where another one was, and knows only of some time what has
   * been handled.
   *
   * @param oldest an earlier point than {@code older}, if what has been handled is known since then
   *     only, and nothing of before is to be given out again
   * @param knownSinceMicros rows that are stamped before are left out
   */
  FeedPoint readSince(
      FeedPoint since,
      FeedPoint older,
      FeedPoint oldest,
      long knownSinceMicros,
      PageHandler handler)
      throws SQLException, InterruptedException {
    return read(
        now -> bounds(since, older, oldest, now).notBefore(knownSinceMicros, since.xmin()),
        handler);
  }

  private CatchUpBounds bounds(FeedPoint since, FeedPoint older, FeedPoint oldest, FeedPoint now) {
    long windowStartMicros = since.clockMicros() - windowMicros;
    if (since.cluster().equals(now.cluster()) && since.isProved()) {
      return CatchUpBounds.byId(windowStartMicros, since.xmin());
    }
    long sinceMicros = since.clockMicros() - overlapMicros;
    if (since.isOfSystem(now.cluster())) {
      // A standby that was promoted gives ids out again that the primary before had given out, if
      // it had not heard of them; and so does the primary itself, if it has crashed since a point
      // that had not reached its disk. Such rows are stamped since then, or with any time by clocks
      // that are ahead; but those of that kind that were there before are not to come with them.
      return new CatchUpBounds(
          windowStartMicros,
          older.xmin(),
          NO_ROW,
          sinceMicros,
          untilMicros(now),
          now.clockMicros() + overlapMicros,
          oldest.xmin(),
          0,
          0);
    }
    // Another history: its ids say nothing, and its rows of the last moments are read.
    return CatchUpBounds.byTime(sinceMicros, untilMicros(now));
  }

  /** A time farther ahead than clocks can be wrong says nothing, and would say so for ever. */
  private long untilMicros(FeedPoint now) {
    return now.clockMicros() + windowMicros;
  }

  /** The same with the rows of the last moments, by their writers' clocks. */
  FeedPoint readLast(long millis, PageHandler handler) throws SQLException, InterruptedException {
    return read(
        now -> CatchUpBounds.byTime(now.clockMicros() - millis * 1_000, untilMicros(now)), handler);
  }

  private FeedPoint read(Beginning beginning, PageHandler handler)
      throws SQLException, InterruptedException {
    try (ReadTransaction transaction = ReadTransaction.beginOfOneSnapshot(primary)) {
      Connection connection = transaction.connection();
      TransactionSettings.setTimeout(connection, timeoutMillis);
      TransactionSettings.planForParameters(connection);
      FeedPoint now = FeedPoint.of(connection);
      guard.require(connection);
      boolean keepsTimes = CommitTimes.areKept(connection);
      CatchUpBounds bounds = beginning.bounds(now);
      read(connection, keepsTimes ? BY_COMMIT : BY_TRANSACTION, bounds, handler);
      if (bounds.isByTime()) {
        leaveOut(connection, now, bounds.sinceMicros(), now.xmin());
      } else if (bounds.leftOutMicros() > 0) {
        leaveOut(connection, now, bounds.leftOutMicros(), bounds.leftOutXmin());
      }
      return now;
    }
  }

  private static void read(
      Connection connection, String query, CatchUpBounds bounds, PageHandler handler)
      throws SQLException, InterruptedException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setFetchSize(PAGE);
      statement.setLong(1, bounds.windowStartMicros());
      statement.setLong(2, bounds.xmin());
      statement.setLong(3, bounds.xmin());
      statement.setInt(4, bounds.ageIfFar());
      statement.setLong(5, bounds.sinceMicros());
      statement.setLong(6, bounds.untilMicros());
      statement.setLong(7, bounds.soonMicros());
      statement.setLong(8, bounds.oldestXmin());
      statement.setLong(9, bounds.oldestXmin());
      statement.setInt(10, EVERY_ROW);
      List<String> page = new ArrayList<>(PAGE);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          page.add(row.getString(1));
          if (page.size() == PAGE) {
            handler.handle(page);
            page = new ArrayList<>(PAGE);
          }
        }
      }
      handler.handle(page);
    }
  }

  /**
   * Tells of the rows that are visible, and were stamped before what has been read, but that are
   * not before the point: while a transaction stays open, a later reading finds what others have
   * committed since it began.
   */
  private void leaveOut(Connection connection, FeedPoint now, long endMicros, long xmin)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LEFT_OUT)) {
      statement.setFetchSize(PAGE);
      statement.setLong(1, now.clockMicros() - windowMicros);
      statement.setLong(2, endMicros);
      statement.setLong(3, xmin);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          onLeftOut.accept(row.getString(1), now.fullXid(row.getLong(2)));
        }
      }
    }
  }
}
