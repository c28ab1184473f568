package herald.demo.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A database of a test's own, with the schema and nothing else in it, on one server that all tests
 * of the JVM share. The server starts with the first and ends with the JVM.
 *
 * <p>Who stops servers or changes their settings starts an {@link EmbeddedDatabase} instead.
 */
public final class SharedDatabase {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final EmbeddedDatabase server;
  private final String name;

  private SharedDatabase(EmbeddedDatabase server, String name) {
    this.server = server;
    this.name = name;
  }

  /** Makes a new database, in a few dozen milliseconds once the server runs. */
  public static SharedDatabase fresh() throws SQLException {
    EmbeddedDatabase server = Server.INSTANCE;
    String name = "test_" + DATABASES.incrementAndGet();
    synchronized (server) {
      // The schema's own database is the template, so nobody may be connected to it.
      try (Connection connection = server.dataSource("template1").getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("create database " + name + " template postgres");
      }
    }
    return new SharedDatabase(server, name);
  }

  /** The URL for a configuration, with the superuser's name and password. */
  public String url() {
    return server.url(name);
  }

  /** The URL for a configuration, with another role. */
  public String url(String user, String password) {
    return "postgresql://" + user + ":" + password + "@127.0.0.1:" + port() + "/" + name;
  }

  /** Unpooled connections of the superuser. */
  public DataSource dataSource() {
    return server.dataSource(name);
  }

  /** A new connection of the superuser. */
  public Connection connect() throws SQLException {
    return dataSource().getConnection();
  }

  /** Runs statements of the test's own as the superuser. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row, as text; {@code null} in letters for null. */
  public String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new IllegalStateException("no row came back for: " + sql);
      }
      return String.valueOf(rows.getString(1));
    }
  }

  /** The database's name. */
  public String name() {
    return name;
  }

  /** Where the server listens on 127.0.0.1. */
  public int port() {
    return server.port();
  }

  /** Starts the server when it is first needed. */
  private static final class Server {
    private static final EmbeddedDatabase INSTANCE = startUntilEndOfJvm();

    private static EmbeddedDatabase startUntilEndOfJvm() {
      try {
        EmbeddedDatabase server = EmbeddedDatabase.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server), "database-end"));
        return server;
      } catch (IOException | SQLException e) {
        throw new IllegalStateException("the tests' PostgreSQL did not start", e);
      }
    }

    private static void close(EmbeddedDatabase server) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
