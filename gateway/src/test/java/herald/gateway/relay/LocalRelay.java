package herald.gateway.relay;

import herald.gateway.config.ByteSize;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.HostPort;
import herald.gateway.config.RelaySettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** A relay in the process of the test. */
public final class LocalRelay implements AutoCloseable {
  private static final long SECONDS = 120;

  private final RelayProcess relay;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private LocalRelay(RelayProcess relay) {
    this.relay = relay;
  }

  /** Starts one that makes the stream, and waits until it is ready. */
  static LocalRelay start(String database, String stream) throws Exception {
    return start(TestGateway.config(database), StreamSettings.of(stream));
  }

  /**
   * Starts one that reads the database as a gateway with this configuration would, and makes the
   * stream, and waits until it is ready.
   */
  public static LocalRelay start(GatewayConfig config, StreamSettings stream)
      throws IOException, InterruptedException {
    HostPort anyPort = new HostPort("127.0.0.1", 0);
    RelaySettings settings =
        new RelaySettings(
            Duration.ofSeconds(1),
            10_000,
            ByteSize.ofMebibytes(32),
            true,
            1,
            Duration.ofMinutes(12),
            ByteSize.ofMebibytes(256));
    LocalRelay started =
        new LocalRelay(
            new RelayProcess(
                config.toBuilder().addresses(anyPort, anyPort).build(), stream, settings));
    try {
      started.relay.start();
    } catch (IOException e) {
      started.close();
      throw e;
    }
    return started.awaitReady();
  }

  LocalRelay awaitReady() throws InterruptedException {
    try {
      Eventually.holds("the relay is ready", SECONDS, () -> relay.notReadyReason() == null);
    } catch (AssertionError e) {
      throw new AssertionError("not ready: " + relay.notReadyReason(), e);
    }
    return this;
  }

  /** Waits until it says why it is not ready. */
  void awaitNotReady(String reason) throws InterruptedException {
    Eventually.holds(
        "the relay says " + reason,
        SECONDS,
        () -> String.valueOf(relay.notReadyReason()).contains(reason));
  }

  /** Waits until it publishes, or stands by. */
  void awaitActive(boolean isActive) throws InterruptedException {
    Eventually.holds("the relay publishes: " + isActive, SECONDS, () -> isActive() == isActive);
  }

  void awaitNothingQueued() throws InterruptedException {
    Eventually.holds(
        "all stands in the stream", SECONDS, () -> metric("herald_relay_queue_events") == 0);
  }

  boolean isActive() {
    return metric("herald_relay_active") == 1;
  }

  boolean isReady() {
    return relay.notReadyReason() == null;
  }

  /** The value of a metric without labels, or with exactly these. */
  public double metric(String name) {
    return relay
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Stops it at once: what waits is not published. */
  void kill() {
    if (isClosed.compareAndSet(false, true)) {
      relay.close();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
