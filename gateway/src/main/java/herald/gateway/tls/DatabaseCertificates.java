package herald.gateway.tls;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.TlsSettings;
import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.ReloadMeters;
import herald.gateway.metrics.ReloadMeters.Reloads;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Looks at the certificates by which the gateway says to PostgreSQL who it is, at intervals and on
 * a thread of its own, if there are any. The drivers read the files themselves for each new
 * connection. What is wrong with them is said here before, while old connections are still open.
 */
public final class DatabaseCertificates implements AutoCloseable {
  private static final long INTERVAL_MILLIS = TlsSettings.RELOAD_INTERVAL.toMillis();

  private final Map<DatabaseUrl, Reloads> databases = new LinkedHashMap<>();
  private final IsolatedFailures failures;
  private final long intervalMillis;
  private final IntervalLog errors =
      new IntervalLog(LoggerFactory.getLogger(DatabaseCertificates.class));
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          new DefaultThreadFactory("herald-database-certificates", true));

  /** Reads nothing yet. */
  public DatabaseCertificates(
      GatewayConfig config, ReloadMeters reloads, IsolatedFailures failures) {
    this(config.listenDatabase(), config.readDatabase(), reloads, failures, INTERVAL_MILLIS);
  }

  /** The same with an interval of the caller's. */
  DatabaseCertificates(
      DatabaseUrl listen,
      DatabaseUrl read,
      ReloadMeters reloads,
      IsolatedFailures failures,
      long intervalMillis) {
    this.failures = failures;
    this.intervalMillis = intervalMillis;
    databases.put(listen, reloads.of(ReloadMeters.Files.DATABASE_TLS));
    databases.putIfAbsent(read, reloads.of(ReloadMeters.Files.READ_DATABASE_TLS));
    databases.keySet().removeIf(database -> database.certificate() == null);
  }

  /** Begins to look, if there is something to look at. */
  public void start() {
    if (!databases.isEmpty()) {
      var unused =
          thread.scheduleWithFixedDelay(
              () -> databases.forEach(this::look), 0, intervalMillis, TimeUnit.MILLISECONDS);
    }
  }

  private void look(DatabaseUrl database, Reloads reloads) {
    boolean isUsable = false;
    try {
      read(database, reloads);
      isUsable = true;
    } catch (IOException | IllegalArgumentException e) {
      errors.warn(
          "the certificate for "
              + database
              + " can't be used for new connections: "
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    } catch (Throwable e) {
      failures.isolated(Place.TLS, e);
    } finally {
      reloads.onRead(isUsable);
    }
  }

  private static void read(DatabaseUrl database, Reloads reloads) throws IOException {
    Path certificateFile = database.certificate();
    Path keyFile = database.privateKey();
    if (certificateFile == null || keyFile == null) {
      return;
    }
    database.requireReadableFiles();
    byte[] certificates = Files.readAllBytes(certificateFile);
    KeyPairs.requireMatchOfDer(certificates, Files.readAllBytes(keyFile));
    reloads.onCertificate(KeyPairs.firstExpiration(certificates));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
