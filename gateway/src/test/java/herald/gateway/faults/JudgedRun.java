package herald.gateway.faults;

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
      System.err.println("The run has failed:");
      e.printStackTrace();
    } finally {
      // Whatever threads are left, they do not keep this process.
      System.exit(exitCode);
    }
  }
}
