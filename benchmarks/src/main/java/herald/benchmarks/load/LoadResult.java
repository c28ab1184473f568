package herald.benchmarks.load;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What came out of a run.
 *
 * @param seconds the measured time, second by second
 * @param latency nanoseconds from plan to frame
 * @param commitTimes nanoseconds from plan to the end of the commit, a part of the former
 * @param committed rpc logs committed while measuring
 * @param expected deliveries that these should lead to
 * @param delivered events that arrived
 * @param fewest events that any one connection got
 * @param most events that any one connection got
 * @param measuredNanos from the first planned moment until all had arrived
 * @param gatewayCpuNanos CPU time of all gateways in that time; 0 if they are not known
 * @param lost connections that ended by themselves
 */
public record LoadResult(
    List<Second> seconds,
    Histogram latency,
    Histogram commitTimes,
    long committed,
    long expected,
    long delivered,
    int fewest,
    int most,
    long measuredNanos,
    long gatewayCpuNanos,
    int lost) {

  /**
   * One second of a run.
   *
   * @param gatewayCpu of all gateways, 1 is one core
   * @param residentBytes of all gateways
   * @param heapBytes of all gateways, garbage included
   */
  public record Second(
      int second,
      int open,
      long committed,
      long delivered,
      double p50Millis,
      double p99Millis,
      double gatewayCpu,
      long residentBytes,
      long heapBytes) {}

  /** Whether every event reached every connection that it concerns. */
  public boolean isComplete() {
    return delivered == expected && lost == 0;
  }

  /** A percentile of the latency in milliseconds. */
  public double millis(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1e6;
  }

  /** Gateway CPU time per rpc log in microseconds. */
  public double cpuMicrosPerEvent() {
    return committed == 0 ? 0 : gatewayCpuNanos / 1e3 / committed;
  }

  /** Gateway CPU time per delivery in microseconds. */
  public double cpuMicrosPerDelivery() {
    return delivered == 0 ? 0 : gatewayCpuNanos / 1e3 / delivered;
  }
}
