package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Positions that other instances have named, where some are older than the log. */
class PeerPositionsTest {
  private static final int USER = 7;
  private static final Device DEVICE = new Device(1, 0, 1, true);

  private final EventsFixture fixture = new EventsFixture();

  private static CommitPlace place(long position, long clockMicros) {
    return new CommitPlace(position, clockMicros, clockMicros, 1);
  }

  private void ended(long number, CommitPlace place) {
    fixture.mailboxes.apply(
        new PeerChange.Ended(5, number, USER, DEVICE, place, fixture.nowNanos), fixture.nowNanos);
  }

  private static long askedSince(Cursor cursor) {
    return Objects.requireNonNull(cursor.past().takeReplayRequest()).afterMicros();
  }

  private void answer(Cursor cursor, String... names) {
    cursor.replayed(new Replay(List.of(names).stream().map(EventsFixture::encoded).toList(), null));
  }

  @Test
  void theOldestOfThePlacesBeforeTheLogIsKeptWhateverTheirOrder() {
    ended(1, place(CommitPlace.BEFORE_THE_LOG, 500));
    ended(2, place(CommitPlace.BEFORE_THE_LOG, 100));
    fixture.pass(TimeUnit.SECONDS.toNanos(1));
    Cursor first = fixture.open(USER, DEVICE);
    assertThat(askedSince(first)).isEqualTo(100);
    answer(first);
    fixture.confirm(first);
    assertThat(askedSince(fixture.open(USER, DEVICE))).isEqualTo(100);
  }

  @Test
  void aPlaceBeforeTheLogThatComesLaterIsNotTakenForTheOneThatWasMadeGood() {
    fixture.publish("x", Audience.of(USER));
    fixture.pass(2 * EventsFixture.REPLAY_NANOS);
    ended(1, place(1, 500));
    Cursor unconfirmed = fixture.open(USER, DEVICE);
    ended(2, place(CommitPlace.BEFORE_THE_LOG, 100));
    fixture.close(unconfirmed);
    assertThat(askedSince(fixture.open(USER, DEVICE))).isEqualTo(100);
  }

  @Test
  void nothingIsConfirmedBeforeTheDatabaseHasAnswered() {
    ended(1, place(CommitPlace.BEFORE_THE_LOG, 100));
    Cursor impatient = fixture.open(USER, DEVICE);
    impatient.past().takeReplayRequest();
    fixture.confirm(impatient);
    fixture.close(impatient);
    assertThat(askedSince(fixture.open(USER, DEVICE))).isEqualTo(100);
  }

  @Test
  void whatALateAnswerBringsIsNotSentASecondTimeFromTheLog() {
    ended(1, place(CommitPlace.BEFORE_THE_LOG, 100));
    Cursor cursor = fixture.open(USER, DEVICE);
    cursor.past().takeReplayRequest();
    fixture.pass(TimeUnit.SECONDS.toNanos(70));
    fixture.publish("late", Audience.of(USER));
    fixture.pass(TimeUnit.SECONDS.toNanos(5));
    answer(cursor, "late");
    assertThat(EventsFixture.read(cursor)).containsExactly("late");
  }
}
