package herald.gateway.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.TargetServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Properties;
import javax.sql.DataSource;

/**
 * The pooled connections: to the primary, and to the database that is read. They are made when they
 * are first needed, so a database that is down does not keep the gateway from starting. A
 * connection to the primary is made to no server in recovery.
 */
public final class Pools implements AutoCloseable {
  /**
   * The feed reads over up to five at once, blasts over two, large texts over two, and the search
   * of the table over one, for long; two are for all else, which is short.
   */
  private static final int CONNECTIONS_BESIDE_REPLAYS = 12;

  /** One gives out which rows there are while the other reads them. */
  private static final int CONNECTIONS_OF_A_REPLAY = 2;

  private static final int SMALLEST_TIMEOUT_MILLIS = 250;

  /** Beyond the query's own time, until a server that has gone mute is given up. */
  private static final int MUTE_MILLIS = 5_000;

  /** For what is done beside waiting. */
  private static final int MARGIN_MILLIS = 15_000;

  private final HikariDataSource primary;
  private final HikariDataSource read;
  private final long longestQueryMillis;

  /**
   * Makes the pools; connects to nothing yet.
   *
   * @param registry where the pools declare their own meters
   */
  public Pools(GatewayConfig config, MeterRegistry registry) {
    DriverLogs.cap();
    longestQueryMillis =
        (long) config.feed().connectTimeoutMillis()
            + config.feed().queryTimeoutMillis()
            + MUTE_MILLIS
            + MARGIN_MILLIS;
    primary =
        pool(
            "herald-primary",
            config.listenDatabase().orTarget(TargetServer.PRIMARY),
            config,
            registry);
    read =
        config.readDatabase().equals(config.listenDatabase())
            ? primary
            : pool("herald-read", config.readDatabase(), config, registry);
  }

  private static HikariDataSource pool(
      String name, DatabaseUrl url, GatewayConfig config, MeterRegistry registry) {
    int connectTimeoutMillis = config.feed().connectTimeoutMillis();
    int queryTimeoutMillis = config.feed().queryTimeoutMillis();
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "herald");
    // The details of an error, and where it arose, quote the row or the text that was being read.
    properties.setProperty("logServerErrorDetail", "false");
    // A server that has gone mute must not hold a thread for longer than a query may take.
    properties.setProperty(
        "socketTimeout", Integer.toString(Math.max(1, (queryTimeoutMillis + MUTE_MILLIS) / 1_000)));
    properties.setProperty("tcpKeepAlive", "true");
    // Rows are looked up by key. A plan that is made and kept while a table is empty or not
    // analyzed
    // would read the whole of it, for as long as the connection lives.
    properties.setProperty(
        "options",
        "-c statement_timeout=" + queryTimeoutMillis + " -c enable_seqscan=off -c jit=off");
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(name);
    hikari.setDataSource(new DatabaseConnector(url, properties, connectTimeoutMillis));
    hikari.setMaximumPoolSize(
        CONNECTIONS_BESIDE_REPLAYS + CONNECTIONS_OF_A_REPLAY * config.replay().threads());
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(Math.max(SMALLEST_TIMEOUT_MILLIS, connectTimeoutMillis));
    hikari.setInitializationFailTimeout(-1);
    hikari.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(registry));
    return new HikariDataSource(hikari);
  }

  /** The primary: what is written, and the last word on a missing row. */
  public DataSource primary() {
    return primary;
  }

  /** The database that is read; the primary itself unless a replica is configured. */
  public DataSource read() {
    return read;
  }

  /** Whether what is read may lag behind the primary. */
  public boolean hasReplica() {
    return read != primary;
  }

  /**
   * Replaces the connections to the primary, to be called when they may be those of a server that
   * is the primary no more: idle ones are closed now, those in use when they come back. Any thread.
   */
  public void evictPrimary() {
    primary.getHikariPoolMXBean().softEvictConnections();
  }

  /** How long it may take at most to get a connection and to see one query on it end or fail. */
  public long longestQueryMillis() {
    return longestQueryMillis;
  }

  @Override
  public void close() {
    read.close();
    primary.close();
  }
}
