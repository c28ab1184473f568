package herald.gateway.exchange;

import herald.gateway.database.ListenerDriver;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Notifications of the database, on a channel of the instances. Exchange's thread. */
final class ExchangeDatabase implements InstanceBus {
  static final int TIMEOUT_SECONDS = 5;

  private static final String SEND = "select pg_notify('" + PositionExchange.CHANNEL + "', ?)";

  private static final String COUNT_LISTENERS =
      "select count(*) from pg_stat_activity"
          + " where datname = current_database() and application_name = ?";

  private final DataSource primary;

  ExchangeDatabase(DataSource primary) {
    this.primary = primary;
  }

  @Override
  public void send(List<String> messages) throws IOException {
    try {
      sendAll(messages);
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Sends messages in their order, all or none. */
  private void sendAll(List<String> messages) throws SQLException {
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

  /**
   * Whether this instance is the only one that listens. Whoever begins to listen after this
   * question has no clients yet, and says hello.
   */
  @Override
  public boolean isAlone() throws IOException {
    try {
      return countListeners() == 1;
    } catch (SQLException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** How many instances listen to this database, with this one. */
  private int countListeners() throws SQLException {
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
