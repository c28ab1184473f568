package herald.gateway.feed;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import javax.sql.DataSource;

/**
 * Whether transactions can be seen whose commits the write-ahead log has told of. A commit is in
 * the log a moment before other sessions see it, and where a synchronous standby has to confirm it,
 * as long before as that takes. Until then a row that is not found is not missing. Fetch thread.
 */
final class CommitVisibility {
  private static final long POLL_MILLIS = 2;

  private static final String INVISIBLE =
      "select xid::text from unnest(?::text[]::xid8[]) xid"
          + " where not pg_visible_in_snapshot(xid, pg_current_snapshot())";

  private final DataSource primary;
  private final Function<Collection<String>, Map<String, Long>> xids;
  private final LongUnaryOperator fullXid;

  /** What was not found, and is visible since: what is not found in the next reading is missing. */
  private Set<String> visible = Set.of();

  /**
   * @param xids the transactions of rows, as far as they are known, the lower 32 bits of their ids
   * @param fullXid the whole id of one
   */
  CommitVisibility(
      DataSource primary,
      Function<Collection<String>, Map<String, Long>> xids,
      LongUnaryOperator fullXid) {
    this.primary = primary;
    this.xids = xids;
    this.fullXid = fullXid;
  }

  /**
   * Whether the transactions of all these rows were visible when they were looked for. If not, they
   * are to be looked for again; waits a moment where one is not visible yet.
   */
  boolean wasVisible(Set<String> missing) throws SQLException, InterruptedException {
    Map<String, Long> unseen = xids.apply(missing);
    unseen.keySet().removeAll(visible);
    if (unseen.isEmpty()) {
      visible = Set.of();
      return true;
    }
    Set<String> invisible = invisible(unseen.values());
    Set<String> now = new HashSet<>(visible);
    unseen.forEach(
        (signature, xid) -> {
          if (!invisible.contains(text(xid))) {
            now.add(signature);
          }
        });
    visible = now;
    if (!invisible.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return false;
  }

  private String text(long xid) {
    return Long.toUnsignedString(fullXid.applyAsLong(xid));
  }

  private Set<String> invisible(Collection<Long> transactions) throws SQLException {
    String[] texts = transactions.stream().map(this::text).distinct().toArray(String[]::new);
    Set<String> found = new HashSet<>();
    try (Connection connection = primary.getConnection();
        PreparedStatement statement = connection.prepareStatement(INVISIBLE)) {
      statement.setArray(1, connection.createArrayOf("text", texts));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(row.getString(1));
        }
      }
    }
    return found;
  }
}
