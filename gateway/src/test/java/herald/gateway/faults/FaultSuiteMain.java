package herald.gateway.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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

  /** Where the outputs are kept if a round was not clean. */
  private static final Path OUTPUTS = Path.of("target", "fault-suite");

  private static final int USERS = 150;
  private static final int CLIENTS_PER_USER = 2;

  private static final List<Faults.Fault> ALL =
      List.of(
          said("the gateways' backends are terminated", Faults::terminateBackends),
          said("some clients vanish", Faults::someClientsVanish),
          said("a line is cut", Faults::cutALine),
          said("a line is mute", Faults::muteALine),
          said("some clients stop reading", Faults::someClientsStopReading),
          said("some clients go silent", Faults::someClientsGoSilent),
          said(
              "the database is killed, for long",
              faults -> faults.killTheDatabase(LONG_DOWN_SECONDS)),
          said(
              "the database is killed, for a moment",
              faults -> faults.killTheDatabase(SHORT_DOWN_SECONDS)),
          said("a standby takes over", Faults::failOver),
          said("the trigger is disabled", Faults::disableTheTrigger),
          said("an instance is drained", Faults::drainAnInstance),
          said("an instance is killed", Faults::killAnInstance),
          said("an instance is paused", faults -> faults.pauseAnInstance(10, 60)),
          said("some clients sleep", faults -> faults.someClientsSleep(15, 300)),
          said("the exchange is disturbed", Faults::disturbTheExchange));

  /** Further ones, if relays and a stream are between the database and the instances. */
  private static final List<Faults.Fault> OF_THE_STREAM =
      List.of(
          ofStream("the engine is killed", stream -> stream.killTheEngine(SHORT_DOWN_SECONDS)),
          ofStream("the engine is killed, for long", stream -> stream.killTheEngine(30)),
          ofStream("the engine is frozen", stream -> stream.freezeTheEngine(3, 20)),
          ofStream("the engine comes back empty", StreamFaults::emptyTheEngine),
          ofStream("a relay is killed", StreamFaults::killARelay),
          ofStream("a relay is stopped", StreamFaults::stopARelay),
          ofStream("all relays are killed", StreamFaults::killAllRelays),
          ofStream("a relay is frozen", stream -> stream.freezeARelay(3, 30)),
          ofStream("a relay's line to the engine is cut", StreamFaults::cutALineOfARelay),
          ofStream("a relay's line to the engine is mute", StreamFaults::muteALineOfARelay),
          ofStream("an instance's line to the engine is cut", StreamFaults::cutALineOfAnInstance),
          ofStream(
              "an instance's line to the engine is mute", StreamFaults::muteALineOfAnInstance));

  private FaultSuiteMain() {}

  /** Something that goes wrong with the stream. */
  private interface StreamFault {
    void happen(StreamFaults stream) throws Exception;
  }

  private static Faults.Fault ofStream(String what, StreamFault fault) {
    return said(what, faults -> fault.happen(faults.stream()));
  }

  /** The same fault, which says when it begins. */
  private static Faults.Fault said(String what, Faults.Fault fault) {
    return faults -> {
      System.out.printf("%s %s%n", Instant.now().truncatedTo(ChronoUnit.SECONDS), what);
      fault.happen(faults);
    };
  }

  /**
   * Runs.
   *
   * @param args how many minutes; then, if wanted, one in how many events the clients drop; then
   *     the seed, 0 for any; then {@code nats} if the instances are to read a stream that relays
   *     fill, or {@code postgresql}
   */
  public static void main(String[] args) {
    JudgedRun.runAndExit(
        () -> {
          long minutes = args.length > 0 ? Long.parseLong(args[0]) : 60;
          int dropOneIn = args.length > 1 ? Integer.parseInt(args[1]) : 0;
          long seed = args.length > 2 ? Long.parseLong(args[2]) : 0;
          boolean readsStream = args.length > 3 && readsStream(args[3]);
          return run(
              Duration.ofMinutes(minutes),
              new FaultSuite.Shape(
                  USERS,
                  CLIENTS_PER_USER,
                  seed == 0 ? new Random().nextLong() : seed,
                  dropOneIn,
                  readsStream));
        });
  }

  private static boolean readsStream(String feed) {
    return switch (feed) {
      case "nats" -> true;
      case "postgresql" -> false;
      default -> throw new IllegalArgumentException("the feed " + feed);
    };
  }

  /** Whether all was as it must be. */
  private static boolean run(Duration lasting, FaultSuite.Shape shape) throws Exception {
    long beginNanos = System.nanoTime();
    Random random = new Random(shape.seed());
    List<Faults.Fault> choice = new ArrayList<>(ALL);
    if (shape.readsStream()) {
      choice.addAll(OF_THE_STREAM);
    }
    Findings total = new Findings();
    boolean isSound = true;
    try (FaultSuite suite = FaultSuite.start(shape)) {
      while (System.nanoTime() - beginNanos < lasting.toNanos()) {
        List<Faults.Fault> faults =
            random.ints(ROUND_FAULTS, 0, choice.size()).mapToObj(choice::get).toList();
        Report report = suite.run(faults, PAUSE_MILLIS);
        System.out.printf("%3d min: %s%n", minutesSince(beginNanos), report);
        total.add(report.findings());
        isSound &= !report.leaked() && report.missingRows() == 0;
        if (!report.findings().isClean()) {
          suite.writeOutputs(OUTPUTS);
          System.out.println("What the processes have said is in " + OUTPUTS.toAbsolutePath());
        }
      }
    }
    System.out.printf("in all, %d min: %s%n", minutesSince(beginNanos), total);
    return total.isClean() && isSound;
  }

  private static long minutesSince(long beginNanos) {
    return Duration.ofNanos(System.nanoTime() - beginNanos).toMinutes();
  }
}
