package herald.gateway.feed;

import com.zaxxer.hikari.HikariDataSource;
import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.GatewayConfig;
import herald.gateway.database.Pools;
import herald.gateway.testing.TestGateway;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The gateway's own pool of connections, for a test of its plans. */
final class EmptyTables {
  private EmptyTables() {}

  static HikariDataSource pool(SharedDatabase database) {
    GatewayConfig config = TestGateway.config(database.url());
    HikariDataSource pool =
        (HikariDataSource) new Pools(config, new SimpleMeterRegistry()).primary();
    return pool;
  }

  /** Has the sessions report what they have read: they do it when idle, at most once a second. */
  static void flushStatistics(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_stat_force_next_flush()");
      statement.execute("select 1");
    }
  }
}
