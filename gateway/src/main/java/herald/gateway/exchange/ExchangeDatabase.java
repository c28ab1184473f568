package herald.gateway.exchange;

import herald.gateway.database.ListenerDriver;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** What the exchange does in the database. Exchange's thread. */
final class ExchangeDatabase {
  static final int TIMEOUT_SECONDS = 5;

  private static final String SEND = "select pg_notify('" + PositionExchange.CHANNEL + "', ?)";

  private static final String COUNT_LISTENERS =
      "select count(*) from pg_stat_activity"
          + " where datname = current_database() and application_name = ?";

  private final DataSource primary;

  ExchangeDatabase(DataSource primary) {
    this.primary = primary;
  }

  /** Sends messages in their order, all or none. */
  void send(List<String> messages) throws SQLException {
    try (Connection connection = primary.getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement = connection.prepareStatement(SEND)) {
        statement.setQueryTimeout(TIMEOUT_SECONDS);
        for (String message : messages) {
          statement.setString(1, message);
          statement.executeQuery().close();
        }
        connection.commit();
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  /** How many instances listen to this database, with this one. */
  int countListeners() throws SQLException {
    try (Connection connection = primary.getConnection();
        PreparedStatement statement = connection.prepareStatement(COUNT_LISTENERS)) {
      statement.setQueryTimeout(TIMEOUT_SECONDS);
      statement.setString(1, ListenerDriver.APPLICATION_NAME);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
