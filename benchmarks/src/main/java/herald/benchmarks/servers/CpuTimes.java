package herald.benchmarks.servers;

import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * The processor times of several processes, or of threads, each since it began.
 *
 * @param nanos by the number of the process or thread
 */
public record CpuTimes(Map<Long, Long> nanos) {

  /**
   * Asks for the time of each.
   *
   * @param nanosOf throws an {@link UncheckedIOException} if it has just ended, and then it is left
   *     out
   */
  public static CpuTimes of(LongStream ids, LongUnaryOperator nanosOf) {
    Map<Long, Long> nanos = new HashMap<>();
    ids.forEach(
        id -> {
          try {
            nanos.put(id, nanosOf.applyAsLong(id));
          } catch (UncheckedIOException e) {
            // It has just ended.
          }
        });
    return new CpuTimes(nanos);
  }

  /** What all of them have used since {@code before}; what has ended since is not known. */
  public long since(CpuTimes before) {
    return nanos.entrySet().stream()
        .mapToLong(entry -> entry.getValue() - before.nanos.getOrDefault(entry.getKey(), 0L))
        .sum();
  }
}
