package herald.gateway.feed;

import herald.gateway.database.ServerIdentity;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A point of the database's history: a snapshot of what was committed.
 *
 * <p>Of the snapshot only its lower bound is kept. Every transaction below it had ended when the
 * snapshot was taken, and so had its subtransactions. A list of the transactions that were open
 * would say more, but not of subtransactions, which no list of PostgreSQL's names: a row that was
 * inserted behind a savepoint would be taken for visible before its transaction commits (PostgreSQL
 * manual, "Transaction ID and Snapshot Information Functions").
 *
 * <p>After a crash, PostgreSQL gives out again the ids of transactions whose end had not reached
 * the disk. So a point counts only when the write-ahead log has been flushed up to where it was
 * written when the point was taken.
 *
 * @param probeNumber the number of the probe that has taken it; 0 for a point of another origin
 * @param clockMicros the database's clock, microseconds since the epoch
 * @param xmin the lowest transaction that was open, or the next one; 64 bits, with the epoch
 * @param writtenLsn up to where the write-ahead log had been written, after the snapshot was taken
 * @param flushedLsn up to where it had reached the disk
 * @param server the server
 * @param cluster the cluster, its timeline, the database and the file of the table: transaction ids
 *     can be compared only where all are the same
 */
public record FeedPoint(
    long probeNumber,
    long clockMicros,
    long xmin,
    long writtenLsn,
    long flushedLsn,
    ServerIdentity server,
    String cluster) {

  private static final int PARTS = 7;

  /** Clock, snapshot, positions in the log and server, in this order, with blanks between them. */
  private static final String SQL =
      "(extract(epoch from clock_timestamp()) * 1000000)::bigint || ' ' ||"
          + " pg_snapshot_xmin(pg_current_snapshot()) || ' ' || case when pg_is_in_recovery() then"
          + " '0/0' else pg_current_wal_insert_lsn()::text end || ' ' || case when"
          + " pg_is_in_recovery() then '0/0' else pg_current_wal_flush_lsn()::text end || ' ' || "
          + ServerIdentity.SQL;

  /** A role may have been denied the cluster's identifier, which is then left out. */
  private static final String MAY_IDENTIFY =
      "has_function_privilege('pg_control_system()', 'execute')";

  private static final String IDENTIFIER =
      "select system_identifier::text from pg_control_system()";

  /** The database and the file of the table, behind the identifier. */
  private static final String TABLE =
      "'/' || (select oid from pg_database where datname = current_database()) || '/' ||"
          + " coalesce(pg_relation_filenode(to_regclass('rpc_log'))::text, '')";

  /**
   * A block that notifies {@code channel} of a point, behind {@code prefix}. A block and not a
   * query: the listener's driver leaks the buffer of a row whose connection dies.
   */
  static String probe(String channel, String prefix, long number) {
    return block("pg_notify('" + channel + "', '" + prefix + number);
  }

  /**
   * A block that writes a point into the write-ahead log, in a transaction: so it stands there
   * behind all that was visible, and is flushed at once.
   */
  static String logProbe(String prefix, long number) {
    return block("pg_logical_emit_message(true, '" + prefix + "', '" + number);
  }

  /**
   * @param begin of a call, up to the number of the probe
   */
  private static String block(String begin) {
    return """
    do $$
    declare
      identifier text := '';
    begin
      if %s then
        identifier := (%s);
      end if;
      perform %s ' || %s || ' ' || identifier || %s);
    end $$\
    """
        .formatted(MAY_IDENTIFY, IDENTIFIER, begin, SQL, TABLE);
  }

  /**
   * Asks the server of a connection. The snapshot is that of the transaction if it has one for all
   * its statements.
   */
  static FeedPoint of(Connection connection) throws SQLException {
    String identifier =
        text(connection, "select " + MAY_IDENTIFY).equals("t") ? "(" + IDENTIFIER + ")" : "''";
    return parse(
        text(connection, "select '0 ' || " + SQL + " || ' ' || " + identifier + " || " + TABLE));
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /**
   * Reads what a probe has notified.
   *
   * @throws IllegalArgumentException for any other text
   */
  static FeedPoint parse(String text) {
    String[] parts = text.split(" ", -1);
    if (parts.length != PARTS) {
      throw new IllegalArgumentException("a point of " + parts.length + " parts");
    }
    ServerIdentity server = ServerIdentity.parse(parts[5]);
    return new FeedPoint(
        Long.parseLong(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        lsn(parts[3]),
        lsn(parts[4]),
        server,
        parts[6] + "/" + server.timeline());
  }

  /** A position as PostgreSQL writes it: two hexadecimal numbers of 32 bits. */
  private static long lsn(String text) {
    int slash = text.indexOf('/');
    return Long.parseLong(text, 0, slash, 16) << 32
        | Long.parseLong(text, slash + 1, text.length(), 16);
  }

  /** Whether the point is of the same system as a cluster, database and table, on any timeline. */
  boolean isOfSystem(String otherCluster) {
    int end = cluster.lastIndexOf('/');
    return end > 0
        && otherCluster.lastIndexOf('/') == end
        && otherCluster.startsWith(cluster.substring(0, end + 1));
  }

  /** Up to where the write-ahead log had been written, as PostgreSQL writes it. */
  String writtenLsnText() {
    return Long.toHexString(writtenLsn >>> 32) + "/" + Long.toHexString(writtenLsn & 0xffff_ffffL);
  }

  /** Whether this point shows that {@code earlier} survives a crash. */
  boolean shows(FeedPoint earlier) {
    return Long.compareUnsigned(flushedLsn, earlier.writtenLsn) >= 0;
  }

  /** Whether this point is known to survive a crash. */
  boolean isProved() {
    return shows(this);
  }

  /** The same point, which another has shown to survive a crash. */
  FeedPoint proved() {
    return new FeedPoint(probeNumber, clockMicros, xmin, writtenLsn, writtenLsn, server, cluster);
  }

  /**
   * The same point as it stands in the write-ahead log. The server sends no log that has not
   * reached the disk, so it survives a crash.
   *
   * @param endLsn where the log goes on behind it
   */
  FeedPoint inLog(long endLsn) {
    return new FeedPoint(probeNumber, clockMicros, xmin, endLsn, endLsn, server, cluster);
  }

  /**
   * The whole id of a transaction of whose id the lower 32 bits are known, and which is less than
   * 2^31 transactions away from this point.
   */
  long fullXid(long lower32) {
    return xmin + (int) (lower32 - xmin);
  }
}
