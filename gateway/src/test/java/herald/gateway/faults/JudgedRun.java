package herald.gateway.faults;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The frame of a program that runs for long and judges: its exit code is 0 when all was as it must
 * be, 1 when it was not, and 2 when the run itself has failed.
 */
@FunctionalInterface
interface JudgedRun {
  /** Whether all was as it must be. */
  boolean isSound() throws Exception;

  /** Runs, and ends the process. */
  static void runAndExit(JudgedRun run) {
    int exitCode = 2;
    try {
      exitCode = run.isSound() ? 0 : 1;
    } catch (Throwable e) {
      // Not through the log, whose last lines are lost when the process ends.
      System.err.println("The run has failed: " + sentence(e));
    } finally {
      // Whatever threads are left, they do not keep this process.
      System.exit(exitCode);
    }
  }

  /** What was thrown and where, and by what it was caused. */
  private static String sentence(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .map(
            each ->
                each
                    + Arrays.stream(each.getStackTrace())
                        .findFirst()
                        .map(at -> " at " + at)
                        .orElse(""))
        .collect(Collectors.joining(", caused by "));
  }
}
