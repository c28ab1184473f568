package herald.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.logging.Field;
import herald.gateway.ops.Build;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The few lines at start that say what was decided. */
final class StartLines {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private StartLines() {}

  static void say(
      GatewayConfig config, int port, int adminPort, String transport, String recovery) {
    Build build = Build.current();
    LOG.info(
        "listening for clients on {} ({}), for operators on {}; wallets are recovered by {}",
        Field.of("clients", new HostPort(config.bindAddress().host(), port)),
        Field.of("transport", transport),
        Field.of("operators", new HostPort(config.adminAddress().host(), adminPort)),
        Field.of("recovery", recovery));
    long logBytes = config.eventLog().maxBytes().bytes();
    LOG.info(
        "events come from {}, rows are read from {}; events are kept for {} s in at most {} MiB",
        source(config),
        Field.of("read_database", config.readDatabase()),
        Field.of("horizon_s", TimeUnit.MILLISECONDS.toSeconds(config.eventLog().horizonMillis())),
        mebibytes("log_bytes", logBytes));
    LimitSettings limits = config.admission().limits();
    LOG.info(
        "at most {} connections ({} of an address, {} of a user), {} handshakes a second ({} of an"
            + " address); herald {} on Java {}, {} processors, heap up to {} MiB",
        Field.of("max_connections", config.connections().maxConnections()),
        orAny("max_connections_per_address", limits.connectionsPerAddress()),
        orAny("max_connections_per_user", limits.connectionsPerUser()),
        orAny("max_handshakes", limits.handshakesPerSecond()),
        orAny("max_handshakes_per_address", limits.handshakesPerSecondPerAddress()),
        Field.of("version", build.version()),
        Field.of("java", build.java()),
        Field.of("processors", Runtime.getRuntime().availableProcessors()),
        mebibytes("heap_bytes", Runtime.getRuntime().maxMemory()));
    warnOfFiles(config.connections().maxConnections());
  }

  /** Where events come from. */
  private static Field source(GatewayConfig config) {
    StreamSettings stream = config.stream();
    return stream == null
        ? Field.of("database", config.listenDatabase())
        : Field.of("stream", stream);
  }

  private static Field orAny(String name, int limit) {
    return new Field(name, limit, limit == 0 ? "any number" : Integer.toString(limit));
  }

  private static Field mebibytes(String name, long bytes) {
    return new Field(name, bytes, Long.toString(bytes >> 20));
  }

  private static void warnOfFiles(int maxConnections) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < maxConnections) {
      LOG.warn(
          "the process may open {} files, and so serves fewer than {} connections (expected: a"
              + " higher limit, ulimit -n or LimitNOFILE, or a lower --max-connections)",
          Field.of("open_files", system.getMaxFileDescriptorCount()),
          Field.of("max_connections", maxConnections));
    }
  }
}
