package herald.gateway.wal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A slot as the primary sees it.
 *
 * @param status whether the log that it needs is still there
 * @param readerProcess the server process that reads it; 0 if none does
 * @param sentLsn up to where that one has read the log and sent what was in it; 0 if none does
 * @param writtenLsn up to where the log is written
 * @param lagBytes how far the confirmed position is behind that
 * @param retainedBytes what is kept of the log for this slot; 0 if nothing is
 * @param isUsable whether it is a logical slot of this database for {@code pgoutput}
 * @param clockMicros the server's clock, microseconds since 1970
 */
record SlotState(
    SlotStatus status,
    int readerProcess,
    long sentLsn,
    long writtenLsn,
    long lagBytes,
    long retainedBytes,
    boolean isUsable,
    long clockMicros) {

  /** What is known before the server has answered. */
  static final SlotState UNKNOWN = new SlotState(SlotStatus.UNKNOWN, 0, 0, 0, 0, 0, false, 0);

  /** The view shows the process of another role too, but not how far that has come. */
  private static final String QUERY =
      """
      select slot.wal_status,
        coalesce(slot.active_pid, 0),
        coalesce(sender.sent_lsn, '0/0')::text,
        pg_current_wal_lsn()::text,
        coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), slot.confirmed_flush_lsn), 0)::bigint,
        coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), slot.restart_lsn), 0)::bigint,
        coalesce(slot.slot_type = 'logical' and slot.plugin = 'pgoutput'
          and slot.database = current_database(), false),
        (extract(epoch from clock_timestamp()) * 1000000)::bigint,
        slot.slot_name is not null
      from (select ?::name as slot_name) wanted
      left join pg_replication_slots slot on slot.slot_name = wanted.slot_name
      left join pg_stat_replication sender on sender.pid = slot.active_pid\
      """;

  /** Asks the primary. */
  static SlotState of(Connection connection, String slot) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
      statement.setString(1, slot);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return new SlotState(
            status(row.getBoolean(9), row.getString(1)),
            row.getInt(2),
            lsn(row.getString(3)),
            lsn(row.getString(4)),
            row.getLong(5),
            row.getLong(6),
            row.getBoolean(7),
            row.getLong(8));
      }
    }
  }

  /** Why this slot can't be read, in a sentence; null if it can. */
  @Nullable String problem(String slot) {
    if (status == SlotStatus.ABSENT) {
      return "there is no replication slot '" + slot + "' (expected: an existing slot)";
    }
    if (!isUsable) {
      return "the replication slot '"
          + slot
          + "' is of another kind or database (expected: a logical slot of this database with the"
          + " plug-in pgoutput)";
    }
    return status == SlotStatus.LOST
        ? "the replication slot '"
            + slot
            + "' has been invalidated: log that it needs has been removed (expected: a slot that is"
            + " read before max_slot_wal_keep_size is reached)"
        : null;
  }

  /** Whether a new slot would do where this one can't be read. */
  boolean isToBeMade() {
    return status == SlotStatus.ABSENT || (isUsable && status == SlotStatus.LOST);
  }

  /** Up to where all has been confirmed; of use if the slot is there. */
  long confirmedLsn() {
    return writtenLsn - lagBytes;
  }

  private static long lsn(@Nullable String text) {
    return LogSequenceNumber.valueOf(Objects.requireNonNull(text)).asLong();
  }

  private static SlotStatus status(boolean exists, @Nullable String text) {
    if (!exists) {
      return SlotStatus.ABSENT;
    }
    return text == null ? SlotStatus.UNKNOWN : SlotStatus.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
