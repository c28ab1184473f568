package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.demo.postgres.SharedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.testing.TestGateway.Eventually;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The driver says nothing of a connection that ends while it waits for an answer. */
class ListenerConnectionIT {
  private static final int TIMEOUT_MILLIS = 3_000;
  private static final String SLEEP = "do $$ begin perform pg_sleep(600); end $$";

  private final SharedDatabase database = SharedDatabase.fresh();

  ListenerConnectionIT() throws Exception {}

  @Test
  void aBackendThatDiesWithAQueryInFlightFailsTheQuery() throws Exception {
    try (ListenerConnection listener =
        ListenerConnection.open(
            DatabaseUrl.parse(database.url()),
            10_000,
            TIMEOUT_MILLIS,
            (channel, payload) -> {},
            () -> {},
            "some_channel")) {
      CompletableFuture<Void> inFlight = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                try {
                  listener.execute(SLEEP);
                  inFlight.complete(null);
                } catch (SQLException | InterruptedException e) {
                  inFlight.completeExceptionally(e);
                }
              });
      caller.start();
      Eventually.holds("the query runs", 10, () -> count("select pid") == 1);
      assertThat(count("select pg_terminate_backend(pid)")).isEqualTo(1);

      assertThat(inFlight)
          .failsWithin(10, TimeUnit.SECONDS)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(SQLException.class);
      caller.join();
    }
  }

  private int count(String select) {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                select
                    + " from pg_stat_activity where query like 'do %pg_sleep%'"
                    + " and datname = current_database() and pid <> pg_backend_pid()"
                    + " and state = 'active'")) {
      int count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
