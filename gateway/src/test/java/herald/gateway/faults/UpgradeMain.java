package herald.gateway.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * An upgrade and a rollback under load: three instances of one version are replaced one by one by
 * another version, and then the other way round, while writers write and clients read. The run is
 * not sound when an event was missing, duplicate on a connection, out of order or foreign.
 */
final class UpgradeMain {
  private static final int USERS = 150;
  private static final int CLIENTS_PER_USER = 2;
  private static final long PAUSE_MILLIS = 5_000;

  private UpgradeMain() {}

  /**
   * Runs.
   *
   * @param args {@code bin/herald} of the old version's distribution, and of the new one's
   */
  public static void main(String[] args) {
    JudgedRun.runAndExit(() -> run(Path.of(args[0]), Path.of(args[1])));
  }

  private static boolean run(Path from, Path to) throws Exception {
    boolean isClean = true;
    long seed = new Random().nextLong();
    FaultSuite.Shape shape = new FaultSuite.Shape(USERS, CLIENTS_PER_USER, seed, 0, false);
    try (FaultSuite suite = FaultSuite.start(shape, from)) {
      System.out.println("upgrade: each of three instances is replaced by one of " + to);
      Report upgrade = suite.run(List.of(faults -> faults.replaceAll(to)), PAUSE_MILLIS);
      System.out.println(upgrade);
      System.out.println("rollback: each of three instances is replaced by one of " + from);
      Report rollback = suite.run(List.of(faults -> faults.replaceAll(from)), PAUSE_MILLIS);
      System.out.println(rollback);
      isClean = upgrade.findings().isClean() && rollback.findings().isClean();
    }
    return isClean;
  }
}
