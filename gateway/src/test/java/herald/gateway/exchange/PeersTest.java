package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import herald.gateway.device.Device;
import herald.gateway.fanout.PeerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeersTest {
  private static final long SELF = 1;
  private static final long OTHER = 2;
  private static final long THIRD = 3;
  private static final int USER = 7;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RETENTION_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Peers peers =
      new Peers(
          new Mark(SELF, 0, 0, 0, 0),
          new ExchangeTimes(0, QUIET_NANOS, SILENCE_NANOS, 0, RETENTION_NANOS));

  /** A connection of which nothing is known but that it is open. */
  private void hearOfAConnection() {
    Entry.Put put =
        new Entry.Put(OTHER, 1, USER, new Device(1, 2, 3, true), Entry.State.HEALTHY, null, 0);
    peers.onSnapshot(OTHER, 1, List.of(put), true, true, 0);
  }

  @Test
  void anInstanceIsAloneAgainWhenTheOtherHasBeenSilent() {
    hearOfAConnection();
    assertThat(peers.isAlone()).isFalse();
    peers.onTime(SILENCE_NANOS);
    assertThat(peers.isAlone()).isFalse();
    peers.onTime(SILENCE_NANOS + 1);
    assertThat(peers.isAlone()).isTrue();
  }

  /** Every role that may connect to the database can make instances up. */
  @Test
  void moreInstancesThanThereCanBeAreLeftOut() {
    for (long instance = 2; instance < 2 + PeerTable.MAX_INSTANCES; instance++) {
      peers.heard(instance, 0);
    }
    assertThatThrownBy(() -> peers.heard(1_000_000, 0))
        .isInstanceOf(IllegalArgumentException.class);
    peers.onSnapshot(OTHER, 1, List.of(new Entry.Knows(1_000_001, null, 0)), true, true, 0);
    assertThat(peers.thirdParties().takeQuestions()).isEmpty();
    assertThat(peers.size()).isEqualTo(PeerTable.MAX_INSTANCES);
    peers.heard(OTHER, 0);
  }

  private static Entry.Put put(long number) {
    return new Entry.Put(
        OTHER, number, USER, new Device(1, 2, 3, true), Entry.State.HEALTHY, null, 0);
  }

  /** Peers with room for three connections. */
  private static Peers few() {
    return new Peers(
        new Mark(SELF, 0, 0, 0, 0),
        new ExchangeTimes(0, QUIET_NANOS, SILENCE_NANOS, 0, RETENTION_NANOS),
        new PeerTable(3));
  }

  /** Entries that are no connections are counted nowhere else. */
  @Test
  void snapshotsOfMoreThanThereCanBeAreLeftOutAndAskedForAgain() {
    Peers few = few();
    Entry entry = new Entry.Retired(SELF, 1);
    few.onSnapshot(OTHER, 1, List.of(entry), true, false, 0);
    few.onSnapshot(OTHER, 2, List.of(entry, entry), false, false, 0);
    assertThatThrownBy(() -> few.onSnapshot(THIRD, 1, List.of(entry), true, true, 0))
        .as("there is room for three of all instances together")
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> few.onSnapshot(OTHER, 3, List.of(entry), false, false, 0))
        .isInstanceOf(IllegalArgumentException.class);
    few.onSnapshot(OTHER, 4, List.of(), false, true, 0);
    assertThat(few.areComplete()).as("the rest of it is left out too").isFalse();
    assertThat(few.toAsk(0)).containsExactly(OTHER, THIRD);
    few.onSnapshot(OTHER, 5, List.of(entry, entry), true, true, 0);
    few.onSnapshot(THIRD, 2, List.of(entry, entry, entry), true, true, 0);
    assertThat(few.areComplete()).as("what was taken leaves room").isTrue();
  }

  @Test
  void moreConnectionsThanThereCanBeAreADoubt() {
    Peers few = few();
    few.onSnapshot(OTHER, 1, List.of(put(1), put(2), put(3)), true, true, 0);
    few.takeChanges();
    assertThatThrownBy(() -> few.onChanges(OTHER, 2, List.of(put(3), put(4)), 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(few.positions()).isEqualTo(3);
    assertThat(few.takeChanges()).anyMatch(change -> change instanceof PeerChange.Doubt);
    few.onRetiredHere(OTHER, 1);
    few.onChanges(OTHER, 3, List.of(put(4)), 0);
    assertThat(few.positions()).isEqualTo(3);
  }

  @Test
  void nothingIsLeftOfAnInstanceThatIsForgotten() {
    hearOfAConnection();
    List<PeerChange> changes = new ArrayList<>(peers.takeChanges());
    for (long nanos = 0; nanos <= RETENTION_NANOS + QUIET_NANOS; nanos += QUIET_NANOS) {
      peers.onTime(nanos);
      changes.addAll(peers.takeChanges());
    }
    assertThat(changes)
        .contains(new PeerChange.Gone(OTHER, 1, USER))
        .endsWith(new PeerChange.Forgotten(OTHER));
    assertThat(peers.positions()).isZero();
  }
}
