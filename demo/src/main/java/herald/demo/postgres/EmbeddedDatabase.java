package herald.demo.postgres;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL server of this process's own on 127.0.0.1, with Herald's schema in the database
 * {@code postgres}. Any thread.
 *
 * <p>Nothing stays behind but the unpacked programs: {@link #close} stops the server and deletes
 * its data, and each start first clears away what a killed process left. The superuser has a random
 * password, so that other users of the machine can't reach the server.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final String DATABASE = "postgres";
  private static final String USER = "postgres";
  private static final String HOST = "127.0.0.1";

  private final DatabaseDirectory directory;
  private final DatabaseServer server;
  private final String password;
  private final int port;
  private boolean isClosed;

  private EmbeddedDatabase(
      DatabaseDirectory directory, DatabaseServer server, String password, int port) {
    this.directory = directory;
    this.server = server;
    this.password = password;
    this.port = port;
  }

  /** Starts a server with default settings; see {@link #start(Map, Consumer)}. */
  public static EmbeddedDatabase start() throws IOException, SQLException {
    return start(Map.of(), line -> {});
  }

  /**
   * Starts a server and makes the schema: about two seconds, and five more the first time.
   *
   * @param settings server settings that go before the defaults, for example {@code timezone}
   *     (PostgreSQL manual, chapter "Server Configuration")
   * @param progress told in one line each what takes long
   * @throws IOException when the server can't be started, with what it said
   */
  public static EmbeddedDatabase start(Map<String, String> settings, Consumer<String> progress)
      throws IOException, SQLException {
    return start(ServerAccount.ofThisProcess(), settings, progress);
  }

  static EmbeddedDatabase start(
      ServerAccount account, Map<String, String> settings, Consumer<String> progress)
      throws IOException, SQLException {
    PostgresBinaries binaries = PostgresBinaries.unpack(account, progress);
    Leftovers.remove(binaries, progress);
    progress.accept("starting PostgreSQL: about two seconds");
    DatabaseDirectory directory = DatabaseDirectory.create(account);
    EmbeddedDatabase database =
        new EmbeddedDatabase(
            directory,
            new DatabaseServer(binaries, directory),
            randomPassword(),
            FreePort.belowTheEphemeralRange());
    try {
      database.initialise(settings);
      return database;
    } catch (IOException | SQLException | RuntimeException e) {
      try (database) {
        throw e;
      }
    }
  }

  private void initialise(Map<String, String> settings) throws IOException, SQLException {
    Map<String, String> all = new TreeMap<>(defaultSettings(port));
    all.putAll(settings);
    server.initialise(USER, password, all);
    server.start(this::accepts);
    try (Connection connection = connect()) {
      DatabaseScript.SCHEMA.runOn(connection);
      DatabaseScript.TRIGGER.runOn(connection);
    }
  }

  /** Safe when the server is killed, not when the machine is; no file outside the data. */
  private static Map<String, String> defaultSettings(int port) {
    return Map.of(
        "listen_addresses", HOST,
        "port", Integer.toString(port),
        "unix_socket_directories", "",
        "dynamic_shared_memory_type", "mmap",
        "fsync", "off",
        "full_page_writes", "off",
        "max_connections", "200",
        "timezone", "UTC",
        "log_timezone", "UTC");
  }

  private static String randomPassword() {
    byte[] password = new byte[16];
    new SecureRandom().nextBytes(password);
    return HexFormat.of().formatHex(password);
  }

  /** The URL of the database, with user and password: for the configuration, not for logs. */
  public String url() {
    return url(DATABASE);
  }

  /** The URL of another database of this server. */
  public String url(String database) {
    return "postgresql://" + USER + ":" + password + "@" + HOST + ":" + port + "/" + database;
  }

  /** Unpooled connections to the database, for the superuser. */
  public DataSource dataSource() {
    return dataSource(DATABASE);
  }

  /** Unpooled connections to another database of this server. */
  public DataSource dataSource(String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {HOST});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName(database);
    source.setUser(USER);
    source.setPassword(password);
    return source;
  }

  /** A new connection to the database. */
  public Connection connect() throws SQLException {
    return dataSource().getConnection();
  }

  /** Where the server listens; the same after a restart. */
  public int port() {
    return port;
  }

  /** Kills the server and its backends with SIGKILL; the data stays for {@link #restart}. */
  public synchronized void stopHard() throws IOException {
    server.kill();
  }

  /**
   * Starts the server again after {@link #stopHard}, on the same port and with all that was
   * committed.
   */
  public synchronized void restart() throws IOException {
    server.start(this::accepts);
  }

  /** Stops the server and deletes its data. Further calls do nothing. */
  @Override
  public synchronized void close() throws IOException {
    if (!isClosed) {
      server.stop();
      directory.delete();
      isClosed = true;
    }
  }

  private boolean accepts() {
    try (Connection connection = connect()) {
      return connection.isValid(0);
    } catch (SQLException e) {
      return false;
    }
  }
}
