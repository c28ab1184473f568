package herald.gateway.wal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself that decides whether its log can be read.
 *
 * @param level its {@code wal_level}
 * @param role the role that asks
 * @param mayReplicate whether that role may read the log
 * @param keepsAllLog whether it keeps the log for a slot without a bound
 * @param version as {@code server_version_num} gives it
 */
record LogServer(
    String level, String role, boolean mayReplicate, boolean keepsAllLog, int version) {

  /** A slot of this version may be kept on the standbys too. */
  private static final int FAILOVER_VERSION = 170_000;

  /** A provider may hand out the right by a role of its own instead of the attribute. */
  private static final String QUERY =
      """
      select current_setting('wal_level'),
        current_user,
        (select rolreplication or rolsuper from pg_roles where rolname = current_user)
          or exists (select from pg_roles
            where rolname = 'rds_replication' and pg_has_role(oid, 'member')),
        current_setting('max_slot_wal_keep_size') = '-1',
        current_setting('server_version_num')::int\
      """;

  static LogServer of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(QUERY)) {
      row.next();
      return new LogServer(
          row.getString(1), row.getString(2), row.getBoolean(3), row.getBoolean(4), row.getInt(5));
    }
  }

  /** Why its log can't be read, in a sentence; null if it can. */
  @Nullable String problem() {
    if (!level.equals("logical")) {
      return "wal_level is '"
          + level
          + "' (expected: 'logical'; alter system set wal_level = 'logical', and a restart of the"
          + " server)";
    }
    return mayReplicate
        ? null
        : "the role '"
            + role
            + "' may not read the log (expected: the attribute REPLICATION; alter role "
            + role
            + " replication)";
  }

  /** What follows if nobody reads a slot that it keeps log for without a bound. */
  static String unboundedSentence(String slot) {
    return "max_slot_wal_keep_size is -1: while nobody reads the slot "
        + slot
        + ", the server keeps its log until the disk is full (expected: a size that the disk has"
        + " room for)";
  }

  /** Whether a slot can be kept on the standbys too. */
  boolean hasFailoverSlots() {
    return version >= FAILOVER_VERSION;
  }
}
