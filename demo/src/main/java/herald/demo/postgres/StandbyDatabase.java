package herald.demo.postgres;

import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A hot standby of a server of this machine: a copy of its data that follows it by streaming
 * replication (PostgreSQL manual, chapter "High Availability", section "Log-Shipping Standby
 * Servers"). It has the databases, roles and passwords of its primary.
 *
 * <p>The copy is made by the backup functions, since pg_basebackup is not among the embedded
 * programs.
 */
public final class StandbyDatabase implements AutoCloseable {
  /** Made anew by each server, or wrong in a copy (section "Making a Base Backup"). */
  private static final Set<String> NOT_COPIED = Set.of("postmaster.pid", "postmaster.opts");

  /** Directories whose content is the running server's own. */
  private static final List<String> EMPTY_IN_THE_COPY =
      List.of(
          "pg_wal",
          "pg_replslot",
          "pg_dynshmem",
          "pg_notify",
          "pg_serial",
          "pg_snapshots",
          "pg_stat_tmp",
          "pg_subtrans");

  private final DatabaseDirectory directory;
  private final DatabaseServer server;
  private final ServerAccount account;
  private final PGSimpleDataSource primary;
  private final int port;
  private boolean isClosed;

  private StandbyDatabase(
      DatabaseDirectory directory,
      DatabaseServer server,
      ServerAccount account,
      PGSimpleDataSource primary,
      int port) {
    this.directory = directory;
    this.server = server;
    this.account = account;
    this.primary = primary;
    this.port = port;
  }

  /** Starts a standby on a free port; about two seconds. */
  public static StandbyDatabase of(String primaryUrl) throws IOException, SQLException {
    return of(primaryUrl, FreePort.belowTheEphemeralRange());
  }

  /**
   * Starts a standby.
   *
   * @param primaryUrl with the superuser's name and password
   * @param port where it listens on 127.0.0.1
   */
  public static StandbyDatabase of(String primaryUrl, int port) throws IOException, SQLException {
    ServerAccount account = ServerAccount.ofThisProcess();
    PostgresBinaries binaries = PostgresBinaries.unpack(account, line -> {});
    DatabaseDirectory directory = DatabaseDirectory.create(account);
    StandbyDatabase standby =
        new StandbyDatabase(
            directory,
            new DatabaseServer(binaries, directory),
            account,
            sourceOf(primaryUrl),
            port);
    try {
      standby.copyAndStart();
      return standby;
    } catch (IOException | SQLException | RuntimeException e) {
      try (standby) {
        throw e;
      }
    }
  }

  private static PGSimpleDataSource sourceOf(String url) {
    URI uri = URI.create(url);
    String[] credentials = uri.getUserInfo().split(":", 2);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {uri.getHost()});
    source.setPortNumbers(new int[] {uri.getPort()});
    source.setDatabaseName(uri.getPath().substring(1));
    source.setUser(credentials[0]);
    source.setPassword(credentials[1]);
    return source;
  }

  private void copyAndStart() throws IOException, SQLException {
    try (Connection connection = primary.getConnection();
        Statement statement = connection.createStatement()) {
      boolean isOld = connection.getMetaData().getDatabaseMajorVersion() < 15;
      statement.execute(
          isOld
              ? "select pg_start_backup('standby', true, false)"
              : "select pg_backup_start('standby', true)");
      copy(Path.of(one(statement, "show data_directory")), directory.data());
      String label =
          one(
              statement,
              isOld
                  ? "select labelfile from pg_stop_backup(false, false)"
                  : "select labelfile from pg_backup_stop(false)");
      write("backup_label", label);
    }
    String conninfo =
        "host=127.0.0.1 port="
            + primary.getPortNumbers()[0]
            + " user="
            + primary.getUser()
            + " password="
            + primary.getPassword();
    Path settings = directory.data().resolve("postgresql.auto.conf");
    write(
        settings.getFileName().toString(),
        Files.readString(settings)
            + "port = '"
            + port
            + "'\nprimary_conninfo = '"
            + conninfo
            + "'\n");
    write("standby.signal", "");
    server.start(this::accepts);
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private void copy(Path from, Path to) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
      for (Path entry : entries) {
        Path copy = to.resolve(from.relativize(entry).toString());
        String name = entry.getFileName().toString();
        if (Files.isDirectory(entry)) {
          Files.createDirectory(copy);
          account.giveTo(copy);
          if (!EMPTY_IN_THE_COPY.contains(name)) {
            copy(entry, copy);
          }
        } else if (!NOT_COPIED.contains(name)) {
          try {
            Files.copy(entry, copy);
            account.giveTo(copy);
          } catch (NoSuchFileException e) {
            // The running server has just deleted it.
          }
        }
      }
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = directory.data().resolve(name);
    Files.writeString(file, text);
    account.giveTo(file);
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The URL of the primary's database on this server, with user and password. */
  public String url() {
    return "postgresql://"
        + primary.getUser()
        + ":"
        + primary.getPassword()
        + "@127.0.0.1:"
        + port
        + "/"
        + primary.getDatabaseName();
  }

  /** Unpooled connections of the superuser. */
  public DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName(primary.getDatabaseName());
    source.setUser(primary.getUser());
    source.setPassword(primary.getPassword());
    return source;
  }

  /** Kills the server and its backends with SIGKILL; the data stays for {@link #restart}. */
  public synchronized void stopHard() throws IOException {
    server.kill();
  }

  /** Starts the server again, as what it was. */
  public synchronized void restart() throws IOException {
    server.start(this::accepts);
  }

  private boolean accepts() {
    try (Connection connection = dataSource().getConnection()) {
      return connection.isValid(0);
    } catch (SQLException e) {
      return false;
    }
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
}
