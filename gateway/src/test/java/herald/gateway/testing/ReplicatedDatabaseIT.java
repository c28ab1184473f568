package herald.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The fixture does what it says, on which other tests stand. */
class ReplicatedDatabaseIT {
  private static final String COUNT = "select count(*) from numbers";

  @Test
  void theStandbyFollowsWaitsAndTakesOver() throws Exception {
    try (ReplicatedDatabase database = ReplicatedDatabase.start()) {
      DataSource primary = database.primary().dataSource();
      DataSource standby = database.standby().dataSource();
      execute(primary, "create table numbers (number int); insert into numbers values (1)");
      database.awaitReplay();
      assertThat(ReplicatedDatabase.query(standby, COUNT)).isEqualTo("1");

      database.pauseReplay();
      execute(primary, "insert into numbers values (2)");
      assertThat(ReplicatedDatabase.query(standby, COUNT)).isEqualTo("1");
      database.resumeReplay();
      database.awaitReplay();
      assertThat(ReplicatedDatabase.query(standby, COUNT)).isEqualTo("2");

      database.failOver();
      execute(standby, "insert into numbers values (3)");
      assertThat(ReplicatedDatabase.query(primary, "select pg_is_in_recovery()")).isEqualTo("t");
      TestGateway.Eventually.holds("the old primary follows", 30, () -> count(primary).equals("3"));
    }
  }

  private static String count(DataSource server) {
    try {
      return ReplicatedDatabase.query(server, COUNT);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void execute(DataSource server, String sql) throws SQLException {
    try (Connection connection = server.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
