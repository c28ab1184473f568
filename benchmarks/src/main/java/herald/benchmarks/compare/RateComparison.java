package herald.benchmarks.compare;

import herald.benchmarks.load.EventWriters;
import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import herald.benchmarks.load.LoadRun;
import herald.benchmarks.load.Mix;
import herald.benchmarks.servers.CpuTimes;
import herald.benchmarks.servers.PostgresProcesses;
import herald.benchmarks.servers.ProcessFigures;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Commits messages in chats of two to one contender after the other, again and again, every other
 * round in reverse order, at one rate after the other. All keep their connections open throughout;
 * only one has anything to do.
 */
public final class RateComparison implements AutoCloseable {
  private static final int WINDOW = 128;
  private static final int EVENT_BYTES = 330;
  private static final int WRITERS = 2;
  private static final RateStep WARM_UP = new RateStep(1_000, 1);

  /** Pings that the load has left to be sent have gone by then. */
  private static final int SETTLE_SECONDS = 10;

  /** Long enough for a figure that is counted in hundredths of a second. */
  private static final int IDLE_SECONDS = 30;

  private final Settings settings;
  private final Consumer<String> progress;
  private final Map<RateContender, Fleet> fleets = new LinkedHashMap<>();

  /**
   * How to compare.
   *
   * @param connections open to each contender
   * @param rounds of each step
   * @param warmUpSeconds of each contender before the first step
   * @param stepWarmUpSeconds of each contender before each step: more events at once take other
   *     ways, which have to be warm too
   * @param seconds of one measurement
   */
  public record Settings(
      int connections,
      List<RateStep> steps,
      int rounds,
      int warmUpSeconds,
      int stepWarmUpSeconds,
      int seconds) {}

  private record Measured(
      RateContender contender, RateStep step, LoadResult result, long databaseCpuNanos) {}

  private record Spent(long cpuNanos, CpuTimes compilers) {
    static Spent of(ProcessFigures figures) {
      return new Spent(figures.cpuNanos(), figures.compilerTimes());
    }
  }

  /**
   * @param progress told a line now and then
   */
  public RateComparison(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /** Connects clients to a contender, which takes part from now on. */
  public void add(RateContender contender) throws IOException, InterruptedException {
    Fleet.Settings clients =
        Fleet.Settings.local(contender.port(), 0, settings.connections(), WINDOW)
            .withPath(contender.path());
    Fleet fleet =
        Fleet.start(
            clients,
            contender.people().seed(),
            line -> progress.accept(contender.name() + ": " + line));
    fleets.put(contender, fleet);
    fleet.connectAll(contender.name(), progress);
  }

  /** Warms all up, then measures, the highest rate first. */
  public List<RateRound> run() throws IOException, SQLException, InterruptedException {
    List<RateContender> order = new ArrayList<>(fleets.keySet());
    for (RateContender contender : order) {
      warmUp(contender, WARM_UP, settings.warmUpSeconds());
    }
    // What costs least comes last, when compilers have nothing left to do.
    List<RateStep> steps = new ArrayList<>(settings.steps());
    steps.sort(Comparator.comparingInt(RateStep::perSecond).reversed());
    List<Measured> all = new ArrayList<>();
    for (RateStep step : steps) {
      for (RateContender contender : order) {
        warmUp(contender, step, settings.stepWarmUpSeconds());
      }
      for (int round = 1; round <= settings.rounds(); round++) {
        for (RateContender contender : order) {
          Measured measured = measure(contender, step);
          all.add(measured);
          progress.accept(line(round, measured));
        }
        Collections.reverse(order);
      }
    }
    Map<RateContender, Double> idle = idleMicrosPerSecond();
    return all.stream()
        .map(
            measured ->
                new RateRound(
                    measured.contender().name(),
                    measured.step(),
                    measured.result(),
                    idle.getOrDefault(measured.contender(), 0.0),
                    measured.databaseCpuNanos()))
        .toList();
  }

  private static String line(int round, Measured measured) {
    LoadResult result = measured.result();
    return String.format(
        Locale.ROOT,
        "round %d  %-14s %5d events/s  %7.2f us CPU per event, idle included  (%d of %d delivered,"
            + " p50 %.2f ms, p99 %.2f ms)",
        round,
        measured.contender().name(),
        measured.step().perSecond(),
        result.cpuMicrosPerEvent(),
        result.delivered(),
        result.expected(),
        result.millis(50),
        result.millis(99));
  }

  private void warmUp(RateContender contender, RateStep step, int seconds)
      throws IOException, SQLException, InterruptedException {
    progress.accept(
        contender.name()
            + ": warming up for "
            + seconds
            + " s with "
            + step.perSecond()
            + " events/s, "
            + step.rowsPerCommit()
            + " in a transaction");
    try (EventWriters writers = writers(contender, step)) {
      load(contender, writers).warmUp(seconds);
    }
  }

  private Measured measure(RateContender contender, RateStep step)
      throws IOException, SQLException, InterruptedException {
    try (EventWriters writers = writers(contender, step)) {
      PostgresProcesses postgres = PostgresProcesses.of(contender.database());
      CpuTimes before = postgres.cpuTimes();
      LoadResult result = load(contender, writers).measure(settings.seconds());
      return new Measured(contender, step, result, postgres.cpuTimes().since(before));
    }
  }

  private LoadRun load(RateContender contender, EventWriters writers) {
    return new LoadRun(fleet(contender), writers, List.of(contender.figures()), line -> {});
  }

  private Fleet fleet(RateContender contender) {
    Fleet fleet = fleets.get(contender);
    if (fleet == null) {
      throw new IllegalStateException(contender.name() + " has no clients");
    }
    return fleet;
  }

  private static EventWriters writers(RateContender contender, RateStep step) throws SQLException {
    return new EventWriters(
        contender.database(),
        contender.people(),
        new EventWriters.Settings(
            Mix.CHATS,
            step.perSecond(),
            step.rowsPerCommit(),
            WRITERS,
            EVENT_BYTES,
            contender.publishes()));
  }

  /**
   * Of all contenders in the same stretch of time, as none of them has anything to do. What their
   * compilers do then is not idleness: it belongs to the load before, and ends some time.
   */
  private Map<RateContender, Double> idleMicrosPerSecond() throws InterruptedException {
    progress.accept("idle for " + (SETTLE_SECONDS + IDLE_SECONDS) + " s");
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    Map<RateContender, Spent> before = new LinkedHashMap<>();
    for (RateContender contender : fleets.keySet()) {
      before.put(contender, Spent.of(contender.figures()));
    }
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    Map<RateContender, Double> idle = new LinkedHashMap<>();
    before.forEach(
        (contender, spent) -> {
          Spent now = Spent.of(contender.figures());
          double compilerMicros = now.compilers().since(spent.compilers()) / 1e3 / IDLE_SECONDS;
          double micros = (now.cpuNanos() - spent.cpuNanos()) / 1e3 / IDLE_SECONDS - compilerMicros;
          idle.put(contender, micros);
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "%s, idle: %.2f %% of a core, and %.2f %% for compilers",
                  contender.name(),
                  micros / 1e4,
                  compilerMicros / 1e4));
        });
    return idle;
  }

  @Override
  public void close() {
    fleets.values().forEach(Fleet::close);
  }
}
