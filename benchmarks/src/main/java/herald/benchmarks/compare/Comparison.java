package herald.benchmarks.compare;

import herald.benchmarks.clients.Tick;
import herald.benchmarks.load.Fleet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/**
 * Drives contenders one after the other, again and again, every other round in reverse order. All
 * keep their connections open throughout; only one has anything to do.
 */
public final class Comparison implements AutoCloseable {
  private static final int WINDOW = 128;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Settings settings;
  private final Consumer<String> progress;
  private final Map<Contender, Fleet> fleets = new LinkedHashMap<>();

  /**
   * How to compare.
   *
   * @param connections open to each contender
   * @param perSecond messages to all per second
   * @param seconds of one measurement
   */
  public record Settings(
      int connections, int rounds, double perSecond, int warmUpSeconds, int seconds) {}

  /**
   * @param progress told a line now and then
   */
  public Comparison(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /** Connects clients to a contender, which takes part from now on. */
  public void add(Contender contender, String seed) throws IOException, InterruptedException {
    Fleet.Settings clients =
        Fleet.Settings.local(contender.port(), 0, settings.connections(), WINDOW)
            .withPath(contender.path());
    Fleet fleet =
        Fleet.start(clients, seed, line -> progress.accept(contender.name() + ": " + line));
    fleets.put(contender, fleet);
    fleet.connectAll(contender.name(), progress);
  }

  /** Warms all up, then measures. */
  public List<Round> run() throws Exception {
    List<Contender> order = new ArrayList<>(fleets.keySet());
    for (Contender contender : order) {
      progress.accept(contender.name() + ": warming up for " + settings.warmUpSeconds() + " s");
      measure(contender, settings.warmUpSeconds());
    }
    List<Round> rounds = new ArrayList<>();
    for (int round = 1; round <= settings.rounds(); round++) {
      for (Contender contender : order) {
        Round measured = measure(contender, settings.seconds());
        rounds.add(measured);
        progress.accept(line(round, measured));
      }
      Collections.reverse(order);
    }
    return rounds;
  }

  private static String line(int round, Round measured) {
    return String.format(
        Locale.ROOT,
        "round %d  %-16s %6.2f us CPU per delivery  (%d deliveries, %.0f a second, p50 %.1f ms,"
            + " p99 %.1f ms)",
        round,
        measured.contender(),
        measured.cpuMicrosPerDelivery(),
        measured.delivered(),
        measured.deliveriesPerSecond(),
        measured.latency().getValueAtPercentile(50) / 1e6,
        measured.latency().getValueAtPercentile(99) / 1e6);
  }

  private Round measure(Contender contender, int seconds) throws Exception {
    Fleet fleet = fleet(contender);
    long startNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
    fleet.measureFrom(startNanos);
    TimeUnit.MILLISECONDS.sleep(100);
    fleet.take();
    long messages = Math.round(seconds * settings.perSecond());
    long cpuBefore = contender.figures().cpuNanos();
    for (long number = 0; number < messages; number++) {
      long plannedNanos = startNanos + (long) (number * 1e9 / settings.perSecond());
      sleepUntil(plannedNanos);
      contender.broadcast().send(plannedNanos);
    }
    long expected = messages * settings.connections();
    long delivered = 0;
    Histogram latency = Tick.emptyHistogram();
    long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    while (delivered < expected) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new IOException(
            contender.name() + " delivered " + delivered + " of " + expected + " messages");
      }
      TimeUnit.MILLISECONDS.sleep(100);
      Fleet.Seen seen = fleet.take();
      delivered += seen.events();
      latency.add(seen.latency());
    }
    long cpuNanos = contender.figures().cpuNanos() - cpuBefore;
    long elapsedNanos = System.nanoTime() - startNanos;
    return new Round(contender.name(), delivered, cpuNanos, elapsedNanos, latency);
  }

  private Fleet fleet(Contender contender) {
    Fleet fleet = fleets.get(contender);
    if (fleet == null) {
      throw new IllegalStateException(contender.name() + " has no clients");
    }
    return fleet;
  }

  private static void sleepUntil(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() {
    fleets.values().forEach(Fleet::close);
  }
}
