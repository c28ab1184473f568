package herald.benchmarks.start;

import herald.benchmarks.load.Fleet;
import herald.benchmarks.load.LoadResult;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one start has come to.
 *
 * @param readyNanos from the launch of the process until it was ready
 * @param readyCpuNanos processor time until then
 * @param connected what connecting took; null if no clients were connected
 * @param first the first seconds behind that; null if there was no load
 * @param warm the same number of seconds when it had been at it for a while; null if that was not
 *     measured
 */
record Measured(
    long readyNanos,
    long readyCpuNanos,
    Fleet.@Nullable Connected connected,
    @Nullable LoadResult first,
    @Nullable LoadResult warm) {

  /** Whether an event has not arrived, or has arrived twice. */
  boolean isIncomplete() {
    return isIncomplete(first) || isIncomplete(warm);
  }

  private static boolean isIncomplete(@Nullable LoadResult result) {
    return result != null && !result.isComplete();
  }

  /** The figures by the names of their columns. */
  Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("s to ready", readyNanos / 1e9);
    figures.put("CPU s to ready", readyCpuNanos / 1e9);
    if (connected != null) {
      figures.put("s to connect", connected.nanos() / 1e9);
    }
    if (first != null) {
      put(figures, "", first);
    }
    if (first != null && warm != null) {
      put(figures, "warm ", warm);
      figures.put("times the warm CPU", first.cpuMicrosPerEvent() / warm.cpuMicrosPerEvent());
    }
    return figures;
  }

  private static void put(Map<String, Double> figures, String name, LoadResult result) {
    figures.put(name + "CPU us/event", result.cpuMicrosPerEvent());
    figures.put(name + "p50 ms", result.millis(50));
    figures.put(name + "p99 ms", result.millis(99));
  }
}
