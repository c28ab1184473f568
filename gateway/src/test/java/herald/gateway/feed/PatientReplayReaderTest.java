package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatientReplayReaderTest {
  private final SQLException away = new SQLException("away", "08006");
  private final SQLException broken = new SQLException("broken", "22021");
  private static final Replay FOUND = new Replay(List.of(), null);
  private static final long UNTIL_NANOS = 1_000_000_000;

  private long nowNanos;
  private int tries;
  private boolean isWanted = true;

  private Replay read(int failures, SQLException failure) throws SQLException {
    UserReplay.Reader reader =
        (request, untilNanos, wanted) -> {
          if (tries++ < failures) {
            throw failure;
          }
          return FOUND;
        };
    return new PatientReplayReader(reader, () -> nowNanos, pauseNanos -> nowNanos += pauseNanos)
        .read(ReplayRequest.since(1, 0), UNTIL_NANOS, () -> isWanted);
  }

  @Test
  void aDatabaseThatIsAwayForAMomentIsAskedAgain() throws SQLException {
    assertThat(read(3, away)).isSameAs(FOUND);
    assertThat(tries).isEqualTo(4);
  }

  @Test
  void itIsNotAskedForLongerThanThereIsTime() {
    assertThatThrownBy(() -> read(Integer.MAX_VALUE, away)).isSameAs(away);
    assertThat(tries).isEqualTo(5);
  }

  @Test
  void itIsNotAskedAgainForAConnectionThatHasEnded() {
    isWanted = false;
    assertThatThrownBy(() -> read(1, away)).isSameAs(away);
  }

  @Test
  void whatWouldFailAgainIsNotAskedAgain() {
    assertThatThrownBy(() -> read(1, broken)).isSameAs(broken);
  }
}
