package herald.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** On what a figure was measured. */
public final class Machine {
  /** 1 where the kernel groups by session: sched(7), "The autogroup feature". */
  private static final Path AUTOGROUP = Path.of("/proc/sys/kernel/sched_autogroup_enabled");

  private Machine() {}

  /** Processors, their model, kernel, how it shares them out, and Java. */
  public static Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("processors", Runtime.getRuntime().availableProcessors());
    facts.put("model", model());
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("processorTime", isSharedBySession() ? "by session" : "by thread");
    facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    return facts;
  }

  /** The same in one line. */
  public static String line() {
    Map<String, Object> facts = describe();
    return facts.get("processors")
        + " × "
        + facts.get("model")
        + ", "
        + facts.get("system")
        + " (processor time "
        + facts.get("processorTime")
        + "), "
        + facts.get("java");
  }

  /**
   * Whether sessions get equal shares of processor time, instead of threads. Each process of
   * PostgreSQL makes itself a session, and so gets as much as a gateway together with all else that
   * was started from the same terminal.
   */
  public static boolean isSharedBySession() {
    try {
      return Files.readString(AUTOGROUP).strip().equals("1");
    } catch (IOException e) {
      return false;
    }
  }

  private static String model() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 2))
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
