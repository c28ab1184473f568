package herald.benchmarks.servers;

import java.util.concurrent.TimeUnit;

/** Waits for processes that have been told to end. */
public final class Ending {
  private Ending() {}

  /** Waits until the process is gone, and kills it if that takes too long. */
  public static void await(Process process, long longestSeconds) {
    try {
      if (!process.waitFor(longestSeconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
