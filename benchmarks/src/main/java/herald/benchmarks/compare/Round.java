package herald.benchmarks.compare;

import org.HdrHistogram.Histogram;

/**
 * One measurement of one contender.
 *
 * @param delivered frames that arrived at clients
 * @param cpuNanos CPU time of the server for them
 * @param latency nanoseconds from the planned moment to the frame
 */
public record Round(String contender, long delivered, long cpuNanos, Histogram latency) {
  /** CPU time of the server per frame in microseconds. */
  public double cpuMicrosPerDelivery() {
    return cpuNanos / 1e3 / delivered;
  }
}
