package herald.gateway.relay;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.RelaySettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.config.WalSettings;
import herald.gateway.database.Pools;
import herald.gateway.database.PrimaryStatus;
import herald.gateway.logging.Field;
import herald.gateway.logging.Logs;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.ProcessMeters;
import herald.gateway.metrics.RelayMeters;
import herald.gateway.metrics.Telemetry;
import herald.gateway.ops.AdminPages;
import herald.gateway.ops.AdminServer;
import herald.gateway.ops.Build;
import herald.gateway.ops.StatusReport;
import herald.gateway.ops.UserReport;
import herald.gateway.ops.UserStatus;
import herald.gateway.stream.MessageParts;
import herald.gateway.stream.PublishedEvents;
import herald.gateway.stream.StreamConnection;
import herald.gateway.stream.StreamReader;
import herald.gateway.supervision.Supervisor;
import herald.gateway.tls.DatabaseCertificates;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One relay: its parts, put together, started and stopped in order. */
public final class RelayProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelayProcess.class);

  /** How long what waits may take to be published when the relay stops. */
  private static final long STOP_MILLIS = 10_000;

  private static final long FIRST = 1;
  private static final long POLL_MILLIS = 50;

  private final GatewayConfig config;
  private final Telemetry telemetry;
  private final Supervisor supervisor;
  private final Pools pools;
  private final PrimaryStatus primaryStatus;
  private final DatabaseCertificates certificates;
  private final StreamConnection connection;
  private final StreamReader reader;
  private final RelayQueue queue;
  private final RelayFeed feed;
  private final RelayPublisher publisher;
  private final NatsPublishing publishing;
  private final AdminServer admin;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  /**
   * One that hears by notifications; connects to nothing yet.
   *
   * @param stream where events are published
   */
  public RelayProcess(GatewayConfig config, StreamSettings stream, RelaySettings settings) {
    this(config, stream, settings, null);
  }

  /**
   * Puts the parts together; connects to nothing yet.
   *
   * @param stream where events are published
   * @param wal how the write-ahead log is read; null to hear by notifications
   */
  public RelayProcess(
      GatewayConfig config,
      StreamSettings stream,
      RelaySettings settings,
      @Nullable WalSettings wal) {
    Build build = Build.current();
    this.config = config;
    telemetry = new Telemetry(config.tracing(), build.version());
    Meters meters = telemetry.meters();
    RelayMeters relayMeters = new RelayMeters(telemetry.registry());
    supervisor = new Supervisor(meters.supervision(), System::nanoTime);
    InstantSource clock = InstantSource.system();
    pools = new Pools(config, telemetry.registry());
    primaryStatus = new PrimaryStatus(pools.primary(), supervisor.failures());
    certificates = new DatabaseCertificates(config, meters.reloads(), supervisor.failures());
    meters.feed().notificationQueue(primaryStatus::notificationQueueUsage);
    long relay = ThreadLocalRandom.current().nextLong();
    connection = new StreamConnection(stream, "herald relay", supervisor, System::nanoTime);
    queue =
        new RelayQueue(
            relay,
            settings.queueEvents(),
            settings.queueBytes().bytes(),
            new RelayDuty(
                settings.patienceMillis(),
                System.nanoTime(),
                () -> ThreadLocalRandom.current().nextDouble(),
                relayMeters::takenOver),
            new PublishedEvents(settings.maxAge().toMillis()),
            System::nanoTime,
            relayMeters);
    RelayReading reading = new RelayReading(queue);
    reader =
        new StreamReader(
            connection, Instant.EPOCH, FIRST, "herald-relay-reader", reading, supervisor);
    reading.readBy(reader);
    publishing = new NatsPublishing(connection);
    publisher =
        new RelayPublisher(
            relay,
            queue,
            publishing,
            reader::readUntil,
            () -> publishing.maxMessageBytes(MessageParts.MOST_BYTES),
            clock,
            relayMeters,
            supervisor);
    feed =
        new RelayFeed(
            config,
            wal,
            pools,
            queue,
            publisher,
            reading,
            reader,
            new StreamMaker(connection, settings),
            meters,
            supervisor,
            clock);
    admin =
        new AdminServer(
            config,
            new AdminPages(
                telemetry.registry()::scrape,
                this::notReadyReason,
                this::beginStop,
                new StatusReport(
                    config,
                    telemetry.registry(),
                    this::notReadyReason,
                    primaryStatus::version,
                    () -> CompletableFuture.completedFuture(List.of())),
                new UserReport(
                    user ->
                        CompletableFuture.completedFuture(
                            new UserStatus(List.of(), 0, false, 0, 0)),
                    clock)),
            meters.reloads(),
            supervisor);
    relayMeters.state(
        () -> queue.isActive() && reachesEngine() ? 1 : 0,
        queue::size,
        queue::bytes,
        () -> queue.oldestWaitNanos() / 1e9,
        () -> queue.end(reader.readUntil()));
    ProcessMeters.declare(telemetry.registry(), build.version(), build.java(), Logs::dropped);
  }

  /**
   * Begins to relay, and to try again for as long as that fails.
   *
   * @throws IOException when the address for operators can't be bound
   */
  public void start() throws IOException {
    admin.start();
    connection.start();
    reader.start();
    feed.start();
    primaryStatus.start();
    certificates.start();
    LOG.info(
        "relaying from {} to {}, for operators on port {}",
        Field.of("database", config.listenDatabase()),
        Field.of("stream", connection.settings()),
        Field.of("admin_port", admin.port()));
  }

  private boolean reachesEngine() {
    return connection.problem() == null && publishing.problem() == null;
  }

  /** The port of metrics and probes. */
  public int adminPort() {
    return admin.port();
  }

  /** The metrics as Prometheus reads them. */
  public String scrape() {
    return telemetry.registry().scrape();
  }

  /** Why events do not come into the stream as they should, in a sentence; null if they do. */
  public @Nullable String notReadyReason() {
    if (stopping.get()) {
      return "stopping";
    }
    String problem = supervisor.problem();
    problem = problem == null ? reader.problem() : problem;
    problem = problem == null ? publishing.problem() : problem;
    problem = problem == null ? feed.problem() : problem;
    long waitNanos = queue.oldestWaitNanos();
    return problem == null
            && waitNanos > TimeUnit.MILLISECONDS.toNanos(config.completeness().maxRowWaitMillis())
        ? "what is to be published has waited for "
            + TimeUnit.NANOSECONDS.toSeconds(waitNanos)
            + " s"
        : problem;
  }

  /**
   * Reads nothing more from the database, and ends when what has been read stands in the stream, or
   * does not get there. Any thread; never waits.
   */
  public void beginStop() {
    if (stopping.compareAndSet(false, true)) {
      LOG.info("stopping: what waits is published before");
      Thread ending = new Thread(this::publishWhatWaits, "herald-relay-stop");
      ending.setDaemon(true);
      ending.start();
    }
  }

  private void publishWhatWaits() {
    try {
      feed.close();
      long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
      while (queue.size() > 0 && System.nanoTime() - deadlineNanos < 0) {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
      if (queue.size() > 0) {
        LOG.warn(
            "{} events do not stand in the stream yet; a relay that starts reads them again",
            Field.of("events", queue.size()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stopped.complete(null);
    }
  }

  /** Completes when a stop that has begun has come to its end. */
  public CompletionStage<Void> stopped() {
    return stopped;
  }

  /** Stops everything at once; another relay publishes what this one has not. */
  @Override
  public void close() {
    stopping.set(true);
    feed.close();
    publisher.close();
    reader.close();
    connection.close();
    certificates.close();
    primaryStatus.close();
    pools.close();
    admin.close();
    telemetry.close();
  }
}
