package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The connection for direct reading comes and goes with that of the listener. */
@SuppressWarnings("NullAway.Init") // set by start
class DirectConnectorIT {
  private SharedDatabase database;
  private DirectConnector connector;

  @BeforeEach
  void start() throws Exception {
    database = SharedDatabase.fresh();
    connector =
        new DirectConnector(
            DatabaseUrl.parse(database.url()),
            FeedSettings.defaults(),
            true,
            null,
            new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime));
    connector.start();
  }

  @AfterEach
  void stop() {
    connector.close();
  }

  private List<Long> pids(String condition) {
    List<Long> pids = new ArrayList<>();
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select pid from pg_stat_activity where datname = current_database()"
                    + " and application_name = '"
                    + DirectConnection.APPLICATION_NAME
                    + "' and "
                    + condition)) {
      while (row.next()) {
        pids.add(row.getLong(1));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return pids;
  }

  /** In a fail-over that one may go to the server that is primary no more. */
  @Test
  void aConnectionThatWasBegunBeforeTheListenerWasLostIsNotUsed() throws Exception {
    List<Long> early;
    try (Connection locking = database.connect();
        Statement statement = locking.createStatement()) {
      locking.setAutoCommit(false);
      statement.execute("lock table rpc_log");
      connector.onListening();
      Eventually.holds(
          "the statement can't be prepared yet",
          20,
          () -> !pids("wait_event_type = 'Lock'").isEmpty());
      early = pids("true");
      connector.onListenerConnecting();
      connector.onListening();
      locking.rollback();
    }
    Eventually.holds("the early one is gone", 20, () -> !pids("true").containsAll(early));
    Eventually.holds("there is another one", 20, () -> connector.connection() != null);
    assertThat(pids("true")).isNotEmpty().doesNotContainAnyElementsOf(early);
  }
}
