package herald.gateway;

import com.sun.management.UnixOperatingSystemMXBean;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.LimitSettings;
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
        new HostPort(config.bindAddress().host(), port),
        transport,
        new HostPort(config.adminAddress().host(), adminPort),
        recovery);
    LOG.info(
        "listening to {}, reading from {}; events are kept for {} s in at most {} MiB",
        config.listenDatabase(),
        config.readDatabase(),
        TimeUnit.MILLISECONDS.toSeconds(config.eventLog().horizonMillis()),
        config.eventLog().maxBytes().bytes() >> 20);
    LimitSettings limits = config.admission().limits();
    LOG.info(
        "at most {} connections ({} of an address, {} of a user), {} handshakes a second ({} of an"
            + " address); herald {} on Java {}, {} processors, heap up to {} MiB",
        config.connections().maxConnections(),
        orAny(limits.connectionsPerAddress()),
        orAny(limits.connectionsPerUser()),
        orAny(limits.handshakesPerSecond()),
        orAny(limits.handshakesPerSecondPerAddress()),
        build.version(),
        build.java(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() >> 20);
    warnOfFiles(config.connections().maxConnections());
  }

  private static String orAny(int limit) {
    return limit == 0 ? "any number" : Integer.toString(limit);
  }

  private static void warnOfFiles(int maxConnections) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        && system.getMaxFileDescriptorCount() < maxConnections) {
      LOG.warn(
          "the process may open {} files, and so serves fewer than {} connections (expected: a"
              + " higher limit, ulimit -n or LimitNOFILE, or a lower --max-connections)",
          system.getMaxFileDescriptorCount(),
          maxConnections);
    }
  }
}
