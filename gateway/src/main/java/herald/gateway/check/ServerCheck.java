package herald.gateway.check;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What server this is: version, role, clock, room for connections and notifications. */
final class ServerCheck {
  /** Points of the feed are read with {@code pg_current_snapshot}, which is there since 13. */
  private static final int OLDEST_VERSION = 130_000;

  private static final double MAX_CLOCK_DIFFERENCE_SECONDS = 5;

  /** Two pools of four and the listener: what one gateway opens at most. */
  private static final int CONNECTIONS_NEEDED = 9;

  private static final double WORRYING_QUEUE_USAGE = 0.1;

  private final LongSupplier clockMillis;

  ServerCheck(LongSupplier clockMillis) {
    this.clockMillis = clockMillis;
  }

  void run(Connection connection, Consumer<Finding> findings) throws SQLException {
    findings.accept(version(connection));
    findings.accept(primary(connection));
    findings.accept(role(connection));
    findings.accept(timeZone(connection));
    findings.accept(clock(connection));
    findings.accept(connections(connection));
    findings.accept(queue(connection));
  }

  private static Finding version(Connection connection) throws SQLException {
    return version(
        setting(connection, "server_version"),
        Integer.parseInt(setting(connection, "server_version_num")));
  }

  static Finding version(String name, int number) {
    return number >= OLDEST_VERSION
        ? Finding.ok("server", "PostgreSQL " + name)
        : Finding.fail("server", "PostgreSQL " + name + " is too old (expected: 13 or newer)");
  }

  private static Finding primary(Connection connection) throws SQLException {
    return isStandby(connection)
        ? Finding.fail(
            "primary",
            "this is a standby, where LISTEN does not work (expected: the primary in --database;"
                + " a standby may be named by --read-database)")
        : Finding.ok("primary", "this is a primary");
  }

  static boolean isStandby(Connection connection) throws SQLException {
    return Rows.one(connection, row -> row.getBoolean(1), "select pg_is_in_recovery()");
  }

  private static Finding role(Connection connection) throws SQLException {
    boolean isSuperuser =
        Rows.one(
            connection,
            row -> row.getBoolean(1),
            "select rolsuper from pg_roles where rolname = current_user");
    String user = Rows.one(connection, row -> row.getString(1), "select current_user");
    return isSuperuser
        ? Finding.warn(
            "role",
            "'"
                + user
                + "' is a superuser (expected: a role with the least privileges;"
                + " 'herald schema --grants' prints how to make one)")
        : Finding.ok("role", "'" + user + "'");
  }

  private static Finding timeZone(Connection connection) throws SQLException {
    return Finding.ok(
        "time zone",
        "the session's is "
            + setting(connection, "timezone")
            + "; timestamps are read as UTC whatever it is");
  }

  private Finding clock(Connection connection) throws SQLException {
    long before = clockMillis.getAsLong();
    double server =
        Rows.one(
            connection,
            row -> row.getDouble(1),
            "select extract(epoch from clock_timestamp())::double precision");
    return clock(server, (before + clockMillis.getAsLong()) / 2_000.0);
  }

  static Finding clock(double serverSeconds, double ownSeconds) {
    double differenceSeconds = Math.abs(serverSeconds - ownSeconds);
    String difference = String.format(Locale.ROOT, "%.1f s", differenceSeconds);
    return differenceSeconds <= MAX_CLOCK_DIFFERENCE_SECONDS
        ? Finding.ok("clock", difference + " from this machine's")
        : Finding.warn(
            "clock",
            difference
                + (serverSeconds > ownSeconds ? " ahead of" : " behind")
                + " this machine's (expected: at most 5 s; synchronise both)");
  }

  private static Finding connections(Connection connection) throws SQLException {
    int free =
        Rows.one(
            connection,
            row -> row.getInt(1),
            "select current_setting('max_connections')::int"
                + " - current_setting('superuser_reserved_connections')::int"
                + " - (select coalesce(sum(numbackends), 0)::int from pg_stat_database)");
    return enoughConnections(free);
  }

  static Finding enoughConnections(int free) {
    String found = free + " of the server's connections are free";
    return free >= CONNECTIONS_NEEDED
        ? Finding.ok("connections", found)
        : Finding.warn(
            "connections",
            found
                + " (expected: at least "
                + CONNECTIONS_NEEDED
                + " for each gateway; raise max_connections)");
  }

  private static Finding queue(Connection connection) throws SQLException {
    return roomForNotifications(
        Rows.one(connection, row -> row.getDouble(1), "select pg_notification_queue_usage()"));
  }

  static Finding roomForNotifications(double usage) {
    String found =
        String.format(Locale.ROOT, "%.1f %% of the server's queue is in use", usage * 100);
    return usage < WORRYING_QUEUE_USAGE
        ? Finding.ok("notifications", found)
        : Finding.warn(
            "notifications",
            found
                + " (expected: under 10 %; some session listens and has stopped reading, or stays"
                + " inside a transaction: find it in pg_stat_activity)");
  }

  private static String setting(Connection connection, String name) throws SQLException {
    return Rows.one(connection, row -> row.getString(1), "select current_setting(?)", name);
  }
}
