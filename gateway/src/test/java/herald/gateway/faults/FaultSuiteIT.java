package herald.gateway.faults;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.faults.FaultSuite.Report;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short form of the fault suite; {@link FaultSuiteMain} is the long one. */
class FaultSuiteIT {
  @Test
  void nothingIsLostAndNothingGoesAstray() throws Exception {
    try (FaultSuite suite = new FaultSuite(60, 2, 1, 0)) {
      Report report =
          suite.run(
              List.of(
                  FaultSuite::terminateBackends,
                  FaultSuite::someClientsVanish,
                  FaultSuite::cutALine,
                  FaultSuite::muteALine,
                  FaultSuite::drainAnInstance,
                  FaultSuite::someClientsStopReading,
                  FaultSuite::someClientsGoSilent,
                  faulty -> faulty.killTheDatabase(3),
                  FaultSuite::killAnInstance,
                  FaultSuite::terminateBackends),
              700);
      System.out.println(report);
      assertThat(report.findings().isClean()).as("%s", report).isTrue();
      assertThat(report.leaked()).isFalse();
      assertThat(report.findings().delivered).isGreaterThan(report.events());
      assertThat(report.evicted()).isPositive();
    }
  }

  /** The suite would see it if one event in a thousand were lost. */
  @Test
  void theSuiteCanFail() throws Exception {
    try (FaultSuite suite = new FaultSuite(30, 1, 2, 1_000)) {
      FaultSuite.Report report = suite.runUntilDropped(2);
      System.out.println(report);
      assertThat(report.findings().missing).isGreaterThanOrEqualTo(2);
      assertThat(report.findings().isClean()).isFalse();
    }
  }
}
