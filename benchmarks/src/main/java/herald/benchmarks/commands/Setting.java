package herald.benchmarks.commands;

import herald.benchmarks.report.Machine;
import herald.benchmarks.servers.BareServer;
import herald.benchmarks.servers.Centrifugo;
import herald.benchmarks.servers.CentrifugoOutbox;
import herald.benchmarks.servers.Gateway;
import herald.demo.postgres.EmbeddedDatabase;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.TargetServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The database of a run and the servers that are started on it. Ended together, also when this
 * process is told to stop.
 */
final class Setting implements AutoCloseable {
  /**
   * A new server makes each 16 MB of its write-ahead log anew and fills them with zeros, while all
   * commits wait; one that has run for a while uses old ones again.
   */
  private static final Map<String, String> SERVER_SETTINGS =
      Map.of("shared_buffers", "512MB", "wal_init_zero", "off");

  private final @Nullable EmbeddedDatabase embedded;
  private final String databaseUrl;
  private final DataSource database;
  private final List<Gateway> gateways = new ArrayList<>();
  private final List<AutoCloseable> servers = new ArrayList<>();
  private final Thread onStop = new Thread(this::end, "bench-stop");
  private boolean ended;

  private Setting(@Nullable EmbeddedDatabase embedded, String databaseUrl, DataSource database) {
    this.embedded = embedded;
    this.databaseUrl = databaseUrl;
    this.database = database;
  }

  /** A PostgreSQL of this process's own. */
  static Setting embedded(Consumer<String> progress) throws IOException, SQLException {
    return embedded(Map.of(), progress);
  }

  /**
   * The same with further settings of the server.
   *
   * @param more by their names in postgresql.conf
   */
  static Setting embedded(Map<String, String> more, Consumer<String> progress)
      throws IOException, SQLException {
    if (Machine.isSharedBySession()) {
      progress.accept(
          "note: this kernel shares processors out by session, and each process of PostgreSQL is"
              + " one; latencies near saturation scatter (against it: sysctl -w"
              + " kernel.sched_autogroup_enabled=0)");
    }
    Map<String, String> settings = new HashMap<>(SERVER_SETTINGS);
    settings.putAll(more);
    EmbeddedDatabase database = EmbeddedDatabase.start(settings, progress);
    return new Setting(database, database.url(), database.dataSource()).endedWithTheProcess();
  }

  /**
   * A database that is there.
   *
   * @param url as {@code herald serve} takes it, with the password if one is needed
   */
  static Setting given(String url) {
    DatabaseUrl parsed = DatabaseUrl.parse(url).orTarget(TargetServer.PRIMARY);
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(parsed.jdbcUrl());
    parsed
        .jdbcProperties()
        .forEach((name, value) -> setProperty(source, String.valueOf(name), String.valueOf(value)));
    return new Setting(null, url, source).endedWithTheProcess();
  }

  private static void setProperty(PGSimpleDataSource source, String name, String value) {
    try {
      source.setProperty(name, value);
    } catch (SQLException e) {
      throw new IllegalArgumentException("the database's " + name + " is not understood", e);
    }
  }

  private Setting endedWithTheProcess() {
    Runtime.getRuntime().addShutdownHook(onStop);
    return this;
  }

  /** With user and password. */
  String databaseUrl() {
    return databaseUrl;
  }

  DataSource database() {
    return database;
  }

  /** Starts a gateway on the database and waits until it is ready. */
  Gateway startGateway(GatewayOptions options, Consumer<String> log)
      throws IOException, InterruptedException {
    Gateway gateway = Gateway.start(options.launcher(), databaseUrl, options.options(), log);
    gateways.add(gateway);
    servers.add(gateway);
    gateway.awaitReady();
    return gateway;
  }

  /** Starts a relay of the database's events. */
  BareServer startRelay() throws IOException {
    BareServer relay = BareServer.relay(databaseUrl);
    servers.add(relay);
    return relay;
  }

  /** Starts a Centrifugo on the database, which is of the driver's own, and gives it its outbox. */
  Centrifugo startCentrifugo(Path program) throws IOException, SQLException, InterruptedException {
    CentrifugoOutbox.create(database);
    Centrifugo centrifugo = Centrifugo.start(program, databaseUrl);
    servers.add(centrifugo);
    return centrifugo;
  }

  /** Has servers ended with this that were started elsewhere. */
  void endWith(AutoCloseable other) {
    servers.add(other);
  }

  /** The gateways that were started here. */
  List<Gateway> gateways() {
    return List.copyOf(gateways);
  }

  private synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    servers.forEach(Setting::stop);
    if (embedded != null) {
      stop(embedded);
    }
  }

  private static void stop(AutoCloseable server) {
    try {
      server.close();
    } catch (Exception e) {
      System.err.println(
          "herald-bench: "
              + server.getClass().getSimpleName()
              + " did not stop: "
              + e.getMessage());
    }
  }

  @Override
  public void close() {
    end();
  }
}
