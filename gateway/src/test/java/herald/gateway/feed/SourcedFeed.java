package herald.gateway.feed;

import herald.gateway.config.GatewayConfig;
import herald.gateway.config.WalSettings;
import herald.gateway.database.Pools;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.FeedTarget;
import herald.gateway.fanout.RowOrder;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A feed alone, that hears by one source or the other, and what it hands over. */
final class SourcedFeed implements AutoCloseable {
  private static final long POLL_MILLIS = 10;
  private static final long READY_SECONDS = 60;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Pools pools;
  private final Feed feed;

  /** Guarded by this. */
  private final List<Event> events = new ArrayList<>();

  private volatile boolean takes = true;
  private volatile boolean confirms = true;

  /**
   * @param wal null to hear by notifications
   */
  SourcedFeed(String databaseUrl, @Nullable WalSettings wal) {
    GatewayConfig config = TestGateway.config(databaseUrl);
    Meters meters = new Meters(registry);
    Supervisor supervisor = new Supervisor(meters.supervision(), System::nanoTime);
    pools = new Pools(config, registry);
    feed =
        new Feed(
            config,
            wal,
            pools,
            FeedOutput.ofRelay(target(), this::confirm, null),
            meters,
            supervisor,
            InstantSource.system());
    feed.start();
  }

  private FeedTarget target() {
    return new FeedTarget() {
      @Override
      public void publish(List<Event> published, Runnable turn) throws InterruptedException {
        while (!takes) {
          turn.run();
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        take(published);
      }

      @Override
      public void onBesideWithoutEvents(RowOrder row) {
        // Nothing waits for it here.
      }

      @Override
      public boolean mayWait() {
        return true;
      }
    };
  }

  private synchronized void take(List<Event> published) {
    events.addAll(published);
  }

  private void confirm(FeedMark mark) {
    if (confirms) {
      feed.confirm(mark);
    }
  }

  /** From now on nothing that has been handed over is confirmed. */
  void stopConfirming() {
    confirms = false;
  }

  /** Whether what is handed over is taken; else the feed waits. */
  void setTaking(boolean isTaking) {
    takes = isTaking;
  }

  void awaitReady() throws InterruptedException {
    Eventually.holds(
        "the feed is ready", READY_SECONDS, () -> feed.problem() == null && feed.hasBegun());
  }

  @Nullable String problem() {
    return feed.problem();
  }

  double metric(String nameAndLabels) {
    return registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith(nameAndLabels + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  synchronized int count() {
    return events.size();
  }

  void awaitCount(int count) throws InterruptedException {
    Eventually.holds(count + " events have come", READY_SECONDS, () -> count() >= count);
  }

  /** How often an event with this text has come. */
  long countOf(String text) {
    return events().stream().filter(event -> text(event).contains(text)).count();
  }

  void await(String text) throws InterruptedException {
    Eventually.holds("an event has come", READY_SECONDS, () -> countOf(text) > 0);
  }

  /** All that is sent of it, and to whom. */
  static String text(Event event) {
    return event.encoded().id()
        + " "
        + event.audience().stream().boxed().toList()
        + " "
        + new String(event.encoded().head(), StandardCharsets.UTF_8)
        + new String(event.encoded().middle(), StandardCharsets.UTF_8)
        + new String(event.encoded().tail(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    feed.close();
    pools.close();
  }
}
