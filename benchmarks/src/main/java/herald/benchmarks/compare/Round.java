package herald.benchmarks.compare;

import org.HdrHistogram.Histogram;

/**
 * One measurement of one contender.
 *
 * @param delivered frames that arrived at clients
 * @param cpuNanos CPU time of the server for them
 * @param elapsedNanos from the moment for which the first was planned to the last arrival
 * @param latency nanoseconds from the planned moment to the frame
 */
public record Round(
    String contender, long delivered, long cpuNanos, long elapsedNanos, Histogram latency) {
  /** CPU time of the server per frame in microseconds. */
  public double cpuMicrosPerDelivery() {
    return cpuNanos / 1e3 / delivered;
  }

  /** Frames that arrived per second; how many can, if more were sent than that. */
  public double deliveriesPerSecond() {
    return delivered * 1e9 / elapsedNanos;
  }
}
