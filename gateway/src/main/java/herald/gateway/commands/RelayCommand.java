package herald.gateway.commands;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.RelaySettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.config.TlsSettings;
import herald.gateway.config.WalSettings;
import herald.gateway.database.DatabaseFailure;
import herald.gateway.logging.Field;
import herald.gateway.ops.StopSignals;
import herald.gateway.relay.RelayProcess;
import herald.gateway.wal.SlotSetup;
import herald.gateway.wal.WalException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code herald relay}: from the database into the stream, until it is told to stop. */
@Command(
    name = "relay",
    addMethodSubcommands = false,
    sortOptions = false,
    abbreviateSynopsis = true,
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    description = {
      "Reads events from the database and publishes them to a stream of NATS JetStream, from which"
          + " 'herald serve --feed' reads them. Two or more may run: one publishes, the others"
          + " stand by. SIGTERM has it publish what it has read, and exit with 0."
    })
final class RelayCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RelayCommand.class);

  /** A relay that is idle writes a mark so many times within the patience. */
  private static final int MARKS_OF_PATIENCE = 2;

  @Mixin
  @SuppressWarnings("UnusedVariable") // OptionSources reads the file
  private final ConfigFileOption file = new ConfigFileOption();

  @Mixin private final GatewayDatabaseOptions databases = new GatewayDatabaseOptions();

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description = "Where metrics and probes are served; for operators alone.")
  private String adminAddress = "127.0.0.1:9090";

  @Mixin private final AdminOptions admin = new AdminOptions();
  @Mixin private final StreamOptions stream = new StreamOptions();
  @Mixin private final RelayOptions relay = new RelayOptions();
  @Mixin private final WalOptions source = new WalOptions();
  @Mixin private final FeedOptions feed = new FeedOptions();
  @Mixin private final CompletenessOptions completeness = new CompletenessOptions();
  @Mixin private final LogOptions logs = new LogOptions();

  /**
   * What the options say, without the stream.
   *
   * @throws IllegalArgumentException with one sentence
   */
  GatewayConfig config() {
    DatabaseUrl listen = databases.listen();
    FeedSettings settings = feed.settings();
    Duration longestProbe = settings().patience().dividedBy(MARKS_OF_PATIENCE);
    if (settings.probeInterval().compareTo(longestProbe) > 0) {
      settings = settings.toBuilder().probeInterval(atLeast100Millis(longestProbe)).build();
    }
    GatewayConfig defaults = GatewayConfig.defaults(listen);
    return defaults.toBuilder()
        .databases(listen, databases.read())
        .addresses(defaults.bindAddress(), HostPort.parse(adminAddress))
        .admin(admin.settings(TlsSettings.RELOAD_INTERVAL))
        .stream(streamSettings())
        .feed(settings)
        .completeness(completeness.settings())
        .build();
  }

  /**
   * How it publishes.
   *
   * @throws IllegalArgumentException with one sentence
   */
  RelaySettings settings() {
    return relay.settings();
  }

  private static Duration atLeast100Millis(Duration time) {
    Duration least = Duration.ofMillis(100);
    return time.compareTo(least) < 0 ? least : time;
  }

  private StreamSettings streamSettings() {
    StreamSettings settings = stream.settings();
    if (settings == null) {
      throw new IllegalArgumentException(
          "--feed names no stream to publish to (expected: --feed nats://host:4222)");
    }
    return settings;
  }

  /**
   * Looks whether the log can be read, if it is to be; the slot is made later. A database that is
   * away now is waited for.
   *
   * @throws WalException with one sentence
   */
  private static void requireSlot(GatewayConfig config, @Nullable WalSettings wal)
      throws WalException {
    if (wal != null) {
      try {
        SlotSetup.require(config.listenDatabase(), config.feed().connectTimeoutMillis(), wal);
      } catch (SQLException e) {
        LOG.warn(
            "the database can't be looked at yet: {}", Field.of("reason", DatabaseFailure.text(e)));
      }
    }
  }

  @Override
  public Integer call() throws IOException, WalException {
    logs.apply();
    WalSettings wal = source.settings();
    GatewayConfig config = config();
    requireSlot(config, wal);
    RelayProcess process = new RelayProcess(config, streamSettings(), settings(), wal);
    try {
      process.start();
    } catch (IOException e) {
      process.close();
      throw e;
    }
    StopSignals.onEach(process::beginStop);
    process.stopped().toCompletableFuture().join();
    process.close();
    return 0;
  }
}
