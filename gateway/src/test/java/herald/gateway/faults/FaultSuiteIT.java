package herald.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form of the fault suite; {@link FaultSuiteMain} is the long one. */
class FaultSuiteIT {
  private static final long SEED = Long.getLong("herald.faults.seed", 1);

  @Test
  void nothingIsLostAndNothingGoesAstray() throws Exception {
    try (FaultSuite suite = FaultSuite.start(new FaultSuite.Shape(60, 2, SEED, 0, false))) {
      Report report =
          suite.run(
              List.of(
                  faults -> faults.someClientsSleep(15, 40),
                  Faults::disturbTheExchange,
                  Faults::killAnInstance,
                  Faults::terminateBackends,
                  Faults::someClientsVanish,
                  Faults::cutALine,
                  Faults::muteALine,
                  faults -> faults.pauseAnInstance(10, 20),
                  Faults::disableTheTrigger,
                  Faults::drainAnInstance,
                  Faults::someClientsStopReading,
                  Faults::someClientsGoSilent,
                  Faults::failOver,
                  faults -> faults.killTheDatabase(3),
                  Faults::disturbTheExchange),
              700);
      System.out.println(report);
      assertThat(report.findings().isClean()).as("%s", report).isTrue();
      assertThat(report.leaked()).isFalse();
      assertThat(report.missingRows()).isZero();
      assertThat(report.findings().delivered).isGreaterThan(report.events());
      assertThat(report.evicted()).isPositive();
      assertThat(report.unreadable()).isPositive();
      assertThat(report.unannounced()).isPositive();
      assertThat(report.lost()).isPositive();
      assertThat(report.repeated()).isPositive();
      assertThat(report.late()).isPositive();
    }
  }

  /** The suite would see it if one event in a thousand were lost. */
  @Test
  void theSuiteCanFail() throws Exception {
    try (FaultSuite suite = FaultSuite.start(new FaultSuite.Shape(30, 1, 2, 1_000, false))) {
      Report report = suite.runUntilDropped(2);
      System.out.println(report);
      assertThat(report.findings().missing).isGreaterThanOrEqualTo(2);
      assertThat(report.findings().isClean()).isFalse();
    }
  }
}
