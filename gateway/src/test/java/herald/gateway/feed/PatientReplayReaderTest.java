package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PatientReplayReaderTest {
  private final SQLException away = new SQLException("away", "08006");
  private final SQLException broken = new SQLException("broken", "22021");
  private static final Replay FOUND = new Replay(List.of(), null);
  private static final long UNTIL_NANOS = 1_000_000_000;

  private long nowNanos;
  private long lastAwayNanos = -1;
  private long askedUntilNanos;
  private int tries;
  private boolean isWanted = true;

  private Replay read(int failures, SQLException failure) throws SQLException {
    UserReplay.Reader reader =
        (request, untilNanos, wanted) -> {
          askedUntilNanos = untilNanos;
          if (tries++ < failures) {
            throw failure;
          }
          return FOUND;
        };
    return new PatientReplayReader(
            reader,
            UNTIL_NANOS,
            away -> lastAwayNanos = away,
            () -> nowNanos,
            pauseNanos -> nowNanos += pauseNanos)
        .read(ReplayRequest.since(1, 0), UNTIL_NANOS, () -> isWanted);
  }

  @Test
  void aDatabaseThatIsAwayForAMomentIsAskedAgain() throws SQLException {
    assertThat(read(3, away)).isSameAs(FOUND);
    assertThat(tries).isEqualTo(4);
    assertThat(nowNanos - lastAwayNanos).as("since the last failure").isEqualTo(200_000_000);
    assertThat(askedUntilNanos).as("the whole time again").isEqualTo(nowNanos + UNTIL_NANOS);
  }

  @Test
  void itIsNotWaitedForWithoutEnd() {
    assertThatThrownBy(() -> read(Integer.MAX_VALUE, away)).isSameAs(away);
    assertThat(nowNanos)
        .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(PatientReplayReader.LONGEST_AWAY_MILLIS));
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
