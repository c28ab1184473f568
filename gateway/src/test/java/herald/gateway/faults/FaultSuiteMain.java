package herald.gateway.faults;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * The long form: every fault at random for as long as is asked. Prints the figures of each round of
 * faults and of all, and exits with 1 when anything was missing, duplicate, out of order or
 * foreign.
 */
final class FaultSuiteMain {
  private static final int ROUND_FAULTS = 20;
  private static final long PAUSE_MILLIS = 2_000;
  private static final long LONG_DOWN_SECONDS = 60;
  private static final long SHORT_DOWN_SECONDS = 2;
  private static final int USERS = 150;
  private static final int CLIENTS_PER_USER = 2;

  private FaultSuiteMain() {}

  /**
   * Runs.
   *
   * @param args how many minutes; then, if wanted, one in how many events the clients drop
   */
  public static void main(String[] args) throws Exception {
    long minutes = args.length > 0 ? Long.parseLong(args[0]) : 60;
    int dropOneIn = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    long beginNanos = System.nanoTime();
    long lastingNanos = Duration.ofMinutes(minutes).toNanos();
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<FaultSuite.Fault> all =
        List.of(
            FaultSuite::terminateBackends,
            FaultSuite::someClientsVanish,
            FaultSuite::cutALine,
            FaultSuite::muteALine,
            FaultSuite::someClientsStopReading,
            FaultSuite::someClientsGoSilent,
            suite -> suite.killTheDatabase(LONG_DOWN_SECONDS),
            suite -> suite.killTheDatabase(SHORT_DOWN_SECONDS),
            FaultSuite::drainAnInstance,
            FaultSuite::killAnInstance);
    Findings total = new Findings();
    boolean leaked = false;
    try (FaultSuite suite = new FaultSuite(USERS, CLIENTS_PER_USER, seed, dropOneIn)) {
      while (System.nanoTime() - beginNanos < lastingNanos) {
        List<FaultSuite.Fault> faults =
            random.ints(ROUND_FAULTS, 0, all.size()).<FaultSuite.Fault>mapToObj(all::get).toList();
        FaultSuite.Report report = suite.run(faults, PAUSE_MILLIS);
        System.out.printf("%3d min: %s%n", minutesSince(beginNanos), report);
        total.add(report.findings());
        leaked |= report.leaked();
      }
    }
    System.out.printf("in all, %d min: %s%n", minutesSince(beginNanos), total);
    System.exit(total.isClean() && !leaked ? 0 : 1);
  }

  private static long minutesSince(long beginNanos) {
    return Duration.ofNanos(System.nanoTime() - beginNanos).toMinutes();
  }
}
