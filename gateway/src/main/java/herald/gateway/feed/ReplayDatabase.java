package herald.gateway.feed;

import herald.gateway.database.Pools;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Chooses where a replay is read: from the replica if it has replayed all that the listener knew of
 * at its last probe, else from the primary. What was committed later is in memory. Any thread.
 */
final class ReplayDatabase implements ReplayReader.Source {
  private static final String HAS_REPLAYED =
      "select coalesce(pg_last_wal_replay_lsn() >= ?::pg_lsn, false)";

  private final Pools pools;
  private final Supplier<@Nullable FeedPoint> lastHeard;

  ReplayDatabase(Pools pools, Supplier<@Nullable FeedPoint> lastHeard) {
    this.pools = pools;
    this.lastHeard = lastHeard;
  }

  @Override
  public DataSource choose() {
    FeedPoint point = lastHeard.get();
    boolean usesReplica = pools.hasReplica() && point != null && hasReplayed(point);
    return usesReplica ? pools.read() : pools.primary();
  }

  /** A replica that fails or does not know costs the primary a query, and nobody an event. */
  private boolean hasReplayed(FeedPoint point) {
    try (Connection connection = pools.read().getConnection();
        PreparedStatement statement = connection.prepareStatement(HAS_REPLAYED)) {
      statement.setString(1, point.writtenLsnText());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    } catch (SQLException e) {
      return false;
    }
  }
}
