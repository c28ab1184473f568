package herald.gateway.feed;

/** Statements that insert rpc logs of a test's own, which tell nobody anything. */
final class InsertedRows {
  private InsertedRows() {}

  /** A statement that inserts one row. */
  static String sql(String sig, String appliedAt) {
    return "insert into rpc_log values ('"
        + sig
        + "', '{}', '0xa', 'bridge', now(), "
        + appliedAt
        + ")";
  }

  /** An SQL expression for a time in microseconds since the epoch. */
  static String time(long micros) {
    return "timestamp 'epoch' + " + micros + " * interval '1 microsecond'";
  }
}
