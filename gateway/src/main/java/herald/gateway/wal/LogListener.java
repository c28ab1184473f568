package herald.gateway.wal;

import java.sql.Connection;
import java.sql.SQLException;

/** Whoever reads the log. All calls come from the reader's thread. */
public interface LogListener {
  /** Whether there is room for more rows; while there is none, the log waits on the server. */
  boolean hasRoom();

  /** The reader is about to connect. */
  void onConnecting();

  /**
   * The log comes from now on.
   *
   * @param asking an ordinary connection to the same server, to be used before this returns
   * @param isAnew whether the slot has just been made, so that what was committed before is not in
   *     it; else it goes on where all had been confirmed
   * @param confirmedLsn where it goes on, if it has not just been made
   */
  void onStreaming(Connection asking, boolean isAnew, long confirmedLsn) throws SQLException;

  /** A row, in commit order; behind a lost connection it may be one that came before. */
  void onRow(LogRow row);

  /** A transaction has ended whose rows have come. */
  void onCommit();

  /**
   * A probe has come back: all that was visible when it was sent has come before.
   *
   * @param content what the server has put into it
   * @param position to be confirmed when all before it has been handled
   */
  void onProbe(String content, LogPosition position);

  /**
   * The connection is lost, or can't be had.
   *
   * @param reason in a few words
   */
  void onLost(String reason);
}
