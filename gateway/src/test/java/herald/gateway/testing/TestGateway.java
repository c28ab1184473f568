package herald.gateway.testing;

import herald.gateway.Gateway;
import herald.gateway.config.AdmissionSettings;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.DrainSettings;
import herald.gateway.config.FeedSettings;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.LimitSettings;
import herald.gateway.config.RehearsalSettings;
import herald.gateway.config.StreamSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A real gateway on free ports of 127.0.0.1, ready to be connected to. */
public final class TestGateway implements AutoCloseable {
  private static final long READY_SECONDS = 30;

  private final Gateway gateway;
  private final @Nullable StreamSettings stream;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private TestGateway(GatewayConfig config) {
    gateway = new Gateway(config);
    stream = config.stream();
    TestFeed.keepWhile(stream == null ? null : stream.name(), () -> !isClosed.get());
  }

  /**
   * The configuration of tests: defaults but for the addresses, a quick probe, and no limits, since
   * all clients come from one address.
   */
  public static GatewayConfig config(String databaseUrl) {
    DatabaseUrl url = DatabaseUrl.parse(databaseUrl);
    FeedSettings feed =
        FeedSettings.builder()
            .probeInterval(Duration.ofMillis(500))
            .probeTimeout(Duration.ofSeconds(2))
            .overlap(Duration.ofSeconds(30))
            .replicaPatience(Duration.ofMillis(500))
            .connectTimeout(Duration.ofSeconds(5))
            .queryTimeout(Duration.ofSeconds(10))
            .build();
    HostPort anyPort = new HostPort("127.0.0.1", 0);
    return GatewayConfig.defaults(url).toBuilder()
        .addresses(anyPort, anyPort)
        .feed(feed)
        .admission(AdmissionSettings.of(LimitSettings.unlimited()))
        // Each of hundreds of gateways would take half a second, in a JVM that is warm.
        .rehearsal(new RehearsalSettings(Duration.ZERO))
        .drain(
            DrainSettings.immediate()
                .confirmTimeout(Duration.ofSeconds(1))
                .timeout(Duration.ofSeconds(5))
                .build())
        .build();
  }

  /** Starts a gateway and waits until it is ready. */
  public static TestGateway start(String databaseUrl) throws IOException, InterruptedException {
    return start(config(databaseUrl));
  }

  /** Starts a gateway and waits until it is ready. */
  public static TestGateway start(GatewayConfig config) throws IOException, InterruptedException {
    TestGateway started = new TestGateway(TestFeed.behind(config));
    started.gateway.start();
    started.awaitReady();
    return started;
  }

  /** Starts a gateway and waits for nothing. */
  public static TestGateway startUnready(GatewayConfig config) throws IOException {
    TestGateway started = new TestGateway(TestFeed.behind(config));
    started.gateway.start();
    return started;
  }

  /** Waits until the gateway is ready. */
  public void awaitReady() throws InterruptedException {
    Eventually.holds("the gateway is ready", READY_SECONDS, gateway::isReady);
  }

  /** The gateway itself. */
  public Gateway gateway() {
    return gateway;
  }

  /** The clients' port. */
  public int port() {
    return gateway.port();
  }

  /** The value of a metric without labels, or with exactly these. */
  public double metric(String nameAndLabels) {
    return gateway
        .scrape()
        .lines()
        .filter(line -> line.startsWith(nameAndLabels + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /**
   * The value of a metric of reading the database, without labels or with exactly these: with a
   * stream the relay reads it, not the gateway.
   */
  public double readingMetric(String nameAndLabels) {
    Double ofRelay = TestFeed.relayMetric(stream, nameAndLabels);
    return ofRelay == null ? metric(nameAndLabels) : ofRelay;
  }

  @Override
  public void close() {
    isClosed.set(true);
    gateway.close();
  }

  /** A condition that real input and output make true some time. */
  public static final class Eventually {
    private static final long POLL_MILLIS = 10;

    private Eventually() {}

    /** What is waited for. */
    @FunctionalInterface
    public interface Condition {
      /** Whether it is so. */
      boolean holds() throws InterruptedException;
    }

    /** Waits until it holds, or fails. */
    public static void holds(String what, long seconds, Condition condition)
        throws InterruptedException {
      if (!within(TimeUnit.SECONDS.toMillis(seconds), condition)) {
        throw new AssertionError("waited in vain until " + what);
      }
    }

    /** Waits until it holds, for so long at the most; whether it does. */
    public static boolean within(long millis, Condition condition) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (!condition.holds()) {
        if (System.nanoTime() - deadline > 0) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
      return true;
    }
  }
}
