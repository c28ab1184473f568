package herald.gateway.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a connection is given up that brings nothing. */
class LogProgressTest {
  private static final int PROCESS = 7;
  private static final long TIMEOUT = 100;
  private static final long PROBE = 1_000;

  private final LogProgress progress = new LogProgress(PROCESS, 0);

  private static SlotState state(int process, long sentLsn) {
    return new SlotState(SlotStatus.RESERVED, process, sentLsn, PROBE, 0, 0, true, 0);
  }

  private boolean isMute(SlotState state, long now) {
    return progress.isMute(state, TIMEOUT, now);
  }

  private void sendProbe(long now) {
    progress.onProbeSent(now);
    progress.onProbeWritten(PROBE);
  }

  @Test
  void withoutAProbeNothingIsExpected() {
    assertThat(isMute(state(PROCESS, PROBE), 1_000_000)).isFalse();
    sendProbe(10);
    assertThat(progress.onProbeReturned()).isEqualTo(10);
    assertThat(isMute(state(PROCESS, PROBE), 1_000_000)).isFalse();
  }

  @Test
  void aProbeThatHasBeenSentAndDoesNotComeIsLost() {
    sendProbe(10);
    assertThat(isMute(state(PROCESS, PROBE), 110)).isFalse();
    assertThat(isMute(state(PROCESS, PROBE), 111)).isTrue();
  }

  @Test
  void aServerThatIsStillOnItsWayIsWaitedFor() {
    sendProbe(10);
    assertThat(isMute(state(PROCESS, PROBE - 1), 1_000_000)).isFalse();
  }

  @Test
  void aServerProcessThatIsGoneIsNotWaitedFor() {
    sendProbe(10);
    assertThat(isMute(state(0, 0), 111)).isTrue();
    assertThat(isMute(state(PROCESS + 1, 0), 111)).isTrue();
  }

  @Test
  void whileRowsComeTheProbeMayTakeItsTime() {
    sendProbe(10);
    progress.onReceived(200);
    assertThat(isMute(state(PROCESS, PROBE), 300)).isFalse();
    assertThat(isMute(state(PROCESS, PROBE), 301)).isTrue();
  }

  @Test
  void whatIsNotReadCanNotCome() {
    sendProbe(10);
    progress.setRoom(false);
    assertThat(isMute(state(PROCESS, PROBE), 1_000_000)).isFalse();
    progress.onReceived(1_000_000);
    progress.setRoom(true);
    assertThat(isMute(state(PROCESS, PROBE), 1_000_100)).isFalse();
    assertThat(isMute(state(PROCESS, PROBE), 1_000_101)).isTrue();
  }
}
