package herald.benchmarks.load;

import herald.benchmarks.clients.Tick;
import herald.benchmarks.servers.Gateway;
import herald.benchmarks.servers.ProcessFigures;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** Writes events on a schedule to connected clients, watches every second, and sums up. */
public final class LoadRun {
  private static final long START_DELAY_NANOS = 200_000_000L;
  private static final int PATIENCE_SECONDS = 15;
  private static final int WARM_UP_STRETCHES = 2;

  private final Fleet fleet;
  private final EventWriters writers;
  private final List<ProcessFigures> servers;
  private final Consumer<String> progress;

  private final List<LoadResult.Second> seconds = new ArrayList<>();
  private Histogram latency = Tick.emptyHistogram();
  private List<Gateway> heaps = List.of();
  private long committed;
  private long delivered;
  private long sampledNanos;
  private long sampledCpuNanos;

  /**
   * @param servers processes whose CPU and memory are to be watched; empty if they are not known
   * @param progress told a line each second
   */
  public LoadRun(
      Fleet fleet, EventWriters writers, List<ProcessFigures> servers, Consumer<String> progress) {
    this.fleet = fleet;
    this.writers = writers;
    this.servers = servers;
    this.progress = progress;
  }

  /** Also watches their heap, which can only be read by asking a gateway for all its metrics. */
  public LoadRun readingHeapOf(List<Gateway> gateways) {
    heaps = gateways;
    return this;
  }

  /**
   * Does as {@link #measure} does, twice and for nothing, so that compilers and caches have seen
   * all of it: also how it begins and how it ends.
   */
  public void warmUp(int forSeconds) throws SQLException, IOException, InterruptedException {
    int leftSeconds = forSeconds;
    for (int stretches = WARM_UP_STRETCHES; stretches > 0 && leftSeconds > 0; stretches--) {
      int stretchSeconds = (leftSeconds + stretches - 1) / stretches;
      progress.accept("warming up for " + leftSeconds + " s");
      measure(stretchSeconds);
      leftSeconds -= stretchSeconds;
    }
  }

  /** Writes and measures. */
  public LoadResult measure(int forSeconds) throws SQLException, IOException, InterruptedException {
    long committedBefore = writers.committed();
    long expectedBefore = writers.expected();
    int lostBefore = fleet.lost();
    writers.takeCommitTimes();
    seconds.clear();
    latency = Tick.emptyHistogram();
    delivered = 0;
    long startNanos = System.nanoTime() + START_DELAY_NANOS;
    fleet.measureFrom(startNanos);
    TimeUnit.NANOSECONDS.sleep(START_DELAY_NANOS);
    fleet.take();
    long cpuBefore = cpuNanos();
    sampledNanos = startNanos;
    sampledCpuNanos = cpuBefore;
    committed = committedBefore;
    FutureTask<Long> writing =
        inBackground(() -> writers.write(startNanos, TimeUnit.SECONDS.toNanos(forSeconds)));
    int second = 0;
    int withoutProgress = 0;
    while (!writing.isDone()
        || (delivered < writers.expected() - expectedBefore
            && withoutProgress < PATIENCE_SECONDS)) {
      TimeUnit.NANOSECONDS.sleep(startNanos + ++second * 1_000_000_000L - System.nanoTime());
      long deliveredBefore = delivered;
      sample(second);
      withoutProgress = writing.isDone() && delivered == deliveredBefore ? withoutProgress + 1 : 0;
    }
    long measuredNanos = System.nanoTime() - startNanos;
    long cpu = cpuNanos() - cpuBefore;
    finish(writing);
    int[] perConnection = fleet.eventsPerConnection();
    note(fleet.take());
    return new LoadResult(
        List.copyOf(seconds),
        latency,
        writers.takeCommitTimes(),
        writers.committed() - committedBefore,
        writers.expected() - expectedBefore,
        delivered,
        perConnection[0],
        perConnection[1],
        measuredNanos,
        cpu,
        fleet.lost() - lostBefore);
  }

  private static FutureTask<Long> inBackground(Callable<Long> work) {
    FutureTask<Long> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "bench-writing");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static void finish(FutureTask<Long> writing) throws SQLException, InterruptedException {
    try {
      writing.get();
    } catch (ExecutionException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }

  private void note(Fleet.Seen seen) {
    delivered += seen.events();
    latency.add(seen.latency());
  }

  private void sample(int second) throws IOException, InterruptedException {
    Fleet.Seen seen = fleet.take();
    note(seen);
    long now = System.nanoTime();
    long cpu = cpuNanos();
    long resident = 0;
    long heap = 0;
    for (ProcessFigures server : servers) {
      resident += server.residentBytes();
    }
    for (Gateway gateway : heaps) {
      heap += gateway.heapBytes();
    }
    long committedNow = writers.committed();
    double stretch = (now - sampledNanos) / 1e9;
    LoadResult.Second sampled =
        new LoadResult.Second(
            second,
            fleet.open(),
            Math.round((committedNow - committed) / stretch),
            Math.round(seen.events() / stretch),
            seen.latency().getValueAtPercentile(50) / 1e6,
            seen.latency().getValueAtPercentile(99) / 1e6,
            (cpu - sampledCpuNanos) / 1e9 / stretch,
            resident,
            heap);
    sampledNanos = now;
    sampledCpuNanos = cpu;
    committed = committedNow;
    seconds.add(sampled);
    progress.accept(line(sampled));
  }

  private String line(LoadResult.Second second) {
    StringBuilder line =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%4d s  %6d open  %6d commits/s  %7d deliveries/s  p50 %8.2f ms  p99 %8.2f ms",
                second.second(),
                second.open(),
                second.committed(),
                second.delivered(),
                second.p50Millis(),
                second.p99Millis()));
    if (!servers.isEmpty()) {
      line.append(
          String.format(
              Locale.ROOT,
              "  server %4.0f %% CPU  %4d MiB",
              100 * second.gatewayCpu(),
              second.residentBytes() >> 20));
    }
    if (!heaps.isEmpty()) {
      line.append(String.format(Locale.ROOT, ", heap %4d MiB", second.heapBytes() >> 20));
    }
    return line.toString();
  }

  private long cpuNanos() {
    return servers.stream().mapToLong(ProcessFigures::cpuNanos).sum();
  }
}
