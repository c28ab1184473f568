package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.device.Device;
import herald.gateway.fanout.PeerChange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeersTest {
  private static final long SELF = 1;
  private static final long OTHER = 2;
  private static final int USER = 7;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(8);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RETENTION_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final Peers peers =
      new Peers(
          new Mark(SELF, 0, 0, 0, 0),
          new ExchangeTimes(0, QUIET_NANOS, SILENCE_NANOS, RETENTION_NANOS));

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
