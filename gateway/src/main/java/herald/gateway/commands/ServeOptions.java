package herald.gateway.commands;

import herald.gateway.commands.Quantities.Bytes;
import herald.gateway.commands.Quantities.BytesConverter;
import herald.gateway.commands.Quantities.Millis;
import herald.gateway.commands.Quantities.MillisConverter;
import herald.gateway.config.ConnectionSettings;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.EventLogSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HandshakeSettings;
import herald.gateway.config.HostPort;
import herald.gateway.config.RevalidationSettings;
import herald.protocol.RecoveryProvider;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options of the gateway. Each has an environment variable, {@code HERALD_} and the option's
 * name in capitals, which {@link EnvironmentDefaults} reads; the option wins.
 */
@SuppressWarnings("NullAway.Init") // picocli fills the fields that have a default
final class ServeOptions {
  @Mixin private DatabaseOptions database;
  @Mixin private TransportOptions transport;
  @Mixin private AdmissionOptions admission;
  @Mixin private InboundOptions inbound;
  @Mixin private DrainOptions drain;
  @Mixin private TlsOptions tls;
  @Mixin private ReplayOptions replays;
  @Mixin private FeedOptions feed;
  @Mixin private CompletenessOptions completeness;

  @Option(
      names = "--read-database",
      paramLabel = "URL",
      description =
          "Where rpc logs, members and users are read; may be a replica, or several hosts with"
              + " target_session_attrs=prefer-standby.%n  Default: the same as --database")
  private @Nullable String readDatabase;

  @Option(
      names = "--bind",
      paramLabel = "HOST:PORT",
      defaultValue = "0.0.0.0:8080",
      description = "Where clients connect.%n  Default: ${DEFAULT-VALUE}")
  private String bind;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9090",
      description =
          "Where operators look: / (live page), /status, /metrics, /livez, /readyz, POST /drain.%n "
              + " Default: ${DEFAULT-VALUE}")
  private String admin;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Client sockets open at once.%n  Default: ${DEFAULT-VALUE}")
  private int maxConnections;

  @Option(
      names = "--ping-interval",
      paramLabel = "TIME",
      defaultValue = "30s",
      converter = MillisConverter.class,
      description = "A client that was not pinged for this long is.%n  Default: ${DEFAULT-VALUE}")
  private Millis pingInterval;

  @Option(
      names = "--idle-timeout",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = MillisConverter.class,
      description =
          "A client that sends nothing for this long is dead.%n  Default: ${DEFAULT-VALUE}")
  private Millis idleTimeout;

  @Option(
      names = "--acknowledge-interval",
      paramLabel = "TIME",
      defaultValue = "8s",
      converter = MillisConverter.class,
      description =
          "A ping rides behind events this often per client, or up to a quarter sooner.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis acknowledgeInterval;

  @Option(
      names = "--write-deadline",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = MillisConverter.class,
      description =
          "A client that reads too slowly for this long is evicted.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis writeDeadline;

  @Option(
      names = "--high-watermark",
      paramLabel = "SIZE",
      defaultValue = "64k",
      converter = BytesConverter.class,
      description =
          "Bytes that may wait for one client before the gateway stops writing to it.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Bytes highWatermark;

  @Option(
      names = "--low-watermark",
      paramLabel = "SIZE",
      defaultValue = "32k",
      converter = BytesConverter.class,
      description = "Waiting bytes below which it goes on writing.%n  Default: ${DEFAULT-VALUE}")
  private Bytes lowWatermark;

  @Option(
      names = "--send-buffer",
      paramLabel = "SIZE",
      defaultValue = "128k",
      converter = BytesConverter.class,
      description =
          "Bytes that the kernel may hold for one client (SO_SNDBUF); 0 leaves it to the kernel.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Bytes sendBuffer;

  @Option(
      names = "--max-message",
      paramLabel = "SIZE",
      defaultValue = "1m",
      converter = BytesConverter.class,
      description =
          "Largest message a client may send (it is thrown away).%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Bytes maxMessage;

  @Option(
      names = "--close-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = MillisConverter.class,
      description =
          "How long a client may take to answer a close frame.%n" + "  Default: ${DEFAULT-VALUE}")
  private Millis closeTimeout;

  @Option(
      names = "--handshake-deadline",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = MillisConverter.class,
      description = "From accept to the upgrade.%n  Default: ${DEFAULT-VALUE}")
  private Millis handshakeDeadline;

  @Option(
      names = "--max-request-line",
      paramLabel = "SIZE",
      defaultValue = "4k",
      converter = BytesConverter.class,
      description = "Longest request line, and so longest URL.%n  Default: ${DEFAULT-VALUE}")
  private Bytes maxRequestLine;

  @Option(
      names = "--max-headers",
      paramLabel = "SIZE",
      defaultValue = "8k",
      converter = BytesConverter.class,
      description = "All request headers together.%n  Default: ${DEFAULT-VALUE}")
  private Bytes maxHeaders;

  @Option(
      names = "--max-header-count",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many request headers.%n  Default: ${DEFAULT-VALUE}")
  private int maxHeaderCount;

  @Option(
      names = "--signature-life",
      paramLabel = "TIME",
      defaultValue = "12h",
      converter = MillisConverter.class,
      description = "How far a signed timestamp may be from now.%n  Default: ${DEFAULT-VALUE}")
  private Millis signatureLife;

  @Option(
      names = "--single-use",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Signed URLs that are remembered, none of which may be used again within its life;"
              + " 0 lets them be used again.%n  Default: ${DEFAULT-VALUE}")
  private int singleUse;

  @Option(
      names = "--revalidate-interval",
      paramLabel = "TIME",
      defaultValue = "5m",
      converter = MillisConverter.class,
      description =
          "How often connected users are looked at again, whether they were deactivated or banned;"
              + " 0s never does.%n  Default: ${DEFAULT-VALUE}")
  private Millis revalidateInterval;

  @Option(
      names = "--revalidate-batch",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Users in one such query.%n  Default: ${DEFAULT-VALUE}")
  private int revalidateBatch;

  @Option(
      names = "--recovery",
      paramLabel = "auto|native|java",
      defaultValue = "auto",
      description = "What recovers wallets from signatures.%n  Default: ${DEFAULT-VALUE}")
  private String recovery;

  @Option(
      names = "--recovery-threads",
      paramLabel = "N",
      description = "Threads that recover wallets.%n  Default: the number of processors")
  private @Nullable Integer recoveryThreads;

  @Option(
      names = "--max-waiting-recoveries",
      paramLabel = "N",
      defaultValue = "4096",
      description = "Signatures that may wait for such a thread.%n  Default: ${DEFAULT-VALUE}")
  private int maxWaitingRecoveries;

  @Option(
      names = "--horizon",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = MillisConverter.class,
      description =
          "Events, and how far each client had got, are kept this long.%n"
              + "  Default: ${DEFAULT-VALUE}")
  private Millis horizon;

  @Option(
      names = "--log-size",
      paramLabel = "SIZE",
      converter = BytesConverter.class,
      description = "Events kept in memory at most.%n  Default: a quarter of the JVM's heap")
  private @Nullable Bytes logSize;

  @Option(
      names = "--replay",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = MillisConverter.class,
      description = "How far back a new connection starts at least.%n  Default: ${DEFAULT-VALUE}")
  private Millis replay;

  @Option(
      names = "--max-remembered",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Ended connections whose position is kept.%n  Default: ${DEFAULT-VALUE}")
  private int maxRemembered;

  /**
   * The validated configuration.
   *
   * @throws IllegalArgumentException with one sentence
   */
  GatewayConfig config() {
    DatabaseUrl listen = database.url();
    DatabaseUrl read =
        readDatabase == null ? listen : database.parse("--read-database", readDatabase);
    return GatewayConfig.defaults(listen).toBuilder()
        .databases(listen, read)
        .addresses(HostPort.parse(bind), HostPort.parse(admin))
        .transport(transport.settings())
        .connections(
            new ConnectionSettings(
                maxConnections,
                pingInterval.asInt(),
                idleTimeout.asInt(),
                acknowledgeInterval.asInt(),
                writeDeadline.asInt(),
                highWatermark.asInt(),
                lowWatermark.asInt(),
                sendBuffer.asInt(),
                maxMessage.asInt(),
                closeTimeout.asInt()))
        .handshakes(
            new HandshakeSettings(
                handshakeDeadline.asInt(),
                maxRequestLine.asInt(),
                maxHeaders.asInt(),
                maxHeaderCount,
                signatureLife.value(),
                singleUse,
                provider(),
                recoveryThreads == null
                    ? HandshakeSettings.defaults().recoveryThreads()
                    : recoveryThreads,
                maxWaitingRecoveries))
        .admission(admission.settings())
        .inbound(inbound.settings())
        .tls(tls.settings())
        .revalidation(new RevalidationSettings(revalidateInterval.asInt(), revalidateBatch))
        .eventLog(
            new EventLogSettings(
                horizon.value(),
                logSize == null ? EventLogSettings.defaults().maxBytes() : logSize.value(),
                replay.value(),
                maxRemembered))
        .feed(feed.settings())
        .completeness(completeness.settings())
        .replay(replays.settings())
        .drain(drain.settings())
        .build();
  }

  private RecoveryProvider provider() {
    for (RecoveryProvider provider : RecoveryProvider.values()) {
      if (provider.name().toLowerCase(Locale.ROOT).equals(recovery)) {
        return provider;
      }
    }
    throw new IllegalArgumentException(
        "--recovery is '" + recovery + "' (expected: auto, native or java)");
  }
}
