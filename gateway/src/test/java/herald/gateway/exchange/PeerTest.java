package herald.gateway.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.fanout.CommitPlace;
import org.junit.jupiter.api.Test;

class PeerTest {
  private final Peer peer = new Peer(2, 0);

  private void hear(long number, long position) {
    peer.addMark(new Mark(2, number, 0, 0, 1), position);
  }

  @Test
  void aMarkThatIsNotKnownIsWhereTheOneBeforeItWas() {
    hear(3, 10);
    hear(5, 30);
    assertThat(peer.position(2)).isEqualTo(CommitPlace.BEFORE_THE_LOG);
    assertThat(peer.position(4)).isEqualTo(10);
    assertThat(peer.position(5)).isEqualTo(30);
  }

  @Test
  void aMarkStaysWhereItWasHeardFirst() {
    hear(3, 10);
    hear(3, 20);
    assertThat(peer.position(3)).isEqualTo(10);
  }

  @Test
  void aMarkThatComesBehindALaterOneIsLeftOut() {
    hear(3, 10);
    hear(5, 30);
    hear(4, 40);
    assertThat(peer.position(4)).isEqualTo(10);
  }
}
