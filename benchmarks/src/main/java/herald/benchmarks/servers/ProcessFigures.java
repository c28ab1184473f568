package herald.benchmarks.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What Linux says a process costs. Other systems are not supported: there is no {@code /proc}.
 *
 * @param pid a running process
 */
public record ProcessFigures(long pid) {
  private static final long NANOS_PER_TICK = 10_000_000L;
  private static final int UTIME = 11;
  private static final int STIME = 12;

  /**
   * User and system time since the process began, with all its threads (proc(5), {@code
   * /proc/PID/stat}). The kernel keeps the sum exactly and shows it in hundredths of a second.
   */
  public long cpuNanos() {
    return cpuNanos(read("stat"));
  }

  /**
   * User and system time of the threads that compile code, if it is a Java process: HotSpot calls
   * them "C1 CompilerThread0", "C2 CompilerThread1" and so on.
   */
  public CpuTimes compilerTimes() {
    return CpuTimes.of(
        threads(), thread -> isCompiler(thread) ? cpuNanos(read(file(thread, "stat"))) : 0);
  }

  private boolean isCompiler(long thread) {
    return read(file(thread, "comm")).matches("C\\d Compiler.*\\R?");
  }

  private LongStream threads() {
    String[] names = Path.of("/proc", Long.toString(pid), "task").toFile().list();
    return names == null ? LongStream.empty() : Stream.of(names).mapToLong(Long::parseLong);
  }

  private static String file(long thread, String file) {
    return "task/" + thread + "/" + file;
  }

  private static long cpuNanos(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) * NANOS_PER_TICK;
  }

  /** Memory that is in RAM, VmRSS. */
  public long residentBytes() {
    try (Stream<String> lines = read("status").lines()) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
          .sum();
    }
  }

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " has ended", e);
    }
  }
}
