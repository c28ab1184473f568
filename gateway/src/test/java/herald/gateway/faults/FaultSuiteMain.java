package herald.gateway.faults;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * The long form: every fault at random for as long as is asked. Prints the figures of each round of
 * faults and of all; the run is not sound when anything was missing, duplicate, out of order,
 * foreign or miscounted.
 */
final class FaultSuiteMain {
  private static final int ROUND_FAULTS = 20;
  private static final long PAUSE_MILLIS = 2_000;
  private static final long LONG_DOWN_SECONDS = 60;
  private static final long SHORT_DOWN_SECONDS = 2;
  private static final int USERS = 150;
  private static final int CLIENTS_PER_USER = 2;

  private static final List<Faults.Fault> ALL =
      List.of(
          Faults::terminateBackends,
          Faults::someClientsVanish,
          Faults::cutALine,
          Faults::muteALine,
          Faults::someClientsStopReading,
          Faults::someClientsGoSilent,
          faults -> faults.killTheDatabase(LONG_DOWN_SECONDS),
          faults -> faults.killTheDatabase(SHORT_DOWN_SECONDS),
          Faults::failOver,
          Faults::disableTheTrigger,
          Faults::drainAnInstance,
          Faults::killAnInstance,
          faults -> faults.pauseAnInstance(10, 60),
          faults -> faults.someClientsSleep(15, 300),
          Faults::disturbTheExchange);

  private FaultSuiteMain() {}

  /**
   * Runs.
   *
   * @param args how many minutes; then, if wanted, one in how many events the clients drop; then
   *     the seed, 0 for any
   */
  public static void main(String[] args) {
    JudgedRun.runAndExit(
        () -> {
          long minutes = args.length > 0 ? Long.parseLong(args[0]) : 60;
          int dropOneIn = args.length > 1 ? Integer.parseInt(args[1]) : 0;
          long seed = args.length > 2 ? Long.parseLong(args[2]) : 0;
          return run(
              Duration.ofMinutes(minutes), dropOneIn, seed == 0 ? new Random().nextLong() : seed);
        });
  }

  /** Whether all was as it must be. */
  private static boolean run(Duration lasting, int dropOneIn, long seed) throws Exception {
    long beginNanos = System.nanoTime();
    Random random = new Random(seed);
    Findings total = new Findings();
    boolean isSound = true;
    try (FaultSuite suite = FaultSuite.start(USERS, CLIENTS_PER_USER, seed, dropOneIn)) {
      while (System.nanoTime() - beginNanos < lasting.toNanos()) {
        List<Faults.Fault> faults =
            random.ints(ROUND_FAULTS, 0, ALL.size()).<Faults.Fault>mapToObj(ALL::get).toList();
        Report report = suite.run(faults, PAUSE_MILLIS);
        System.out.printf("%3d min: %s%n", minutesSince(beginNanos), report);
        total.add(report.findings());
        isSound &= !report.leaked() && report.missingRows() == 0;
      }
    }
    System.out.printf("in all, %d min: %s%n", minutesSince(beginNanos), total);
    return total.isClean() && isSound;
  }

  private static long minutesSince(long beginNanos) {
    return Duration.ofNanos(System.nanoTime() - beginNanos).toMinutes();
  }
}
