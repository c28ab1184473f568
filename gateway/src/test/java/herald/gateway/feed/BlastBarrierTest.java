package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlastBarrierTest {
  private static final int ARTIST = 1;
  private static final int FAN = 2;
  private static final int FRIEND = 3;

  private final BlastBarrier heldBack = new BlastBarrier();

  private static RpcLog row(String chatId, int sender, Integer... members) {
    StoredMessage message =
        chatId.isEmpty()
            ? null
            : new StoredMessage(
                "m", chatId, sender, "text", List.of(members), List.of(), List.of());
    return new RpcLog("sig", 1, "{}", null, 0, 0, List.of(sender), message, Set.of(), 0);
  }

  private boolean mustWait(RpcLog row) {
    return heldBack.mustWait(row, Set.of(ARTIST));
  }

  @Test
  void withoutABlastNothingWaits() {
    heldBack.add(row("a-f", FAN, ARTIST, FAN), 1);
    assertThat(heldBack.mustWait(row("a-f", FAN, ARTIST, FAN), Set.of())).isFalse();
  }

  @Test
  void whatFollowsInAChatOfTheSenderWaits() {
    assertThat(mustWait(row("a-f", FAN, ARTIST, FAN))).isTrue();
    assertThat(mustWait(row("", ARTIST))).as("another blast of the sender").isTrue();
    assertThat(mustWait(row("f-r", FAN, FAN, FRIEND))).isFalse();
  }

  @Test
  void otherChatsOfThoseWhoWaitPass() {
    heldBack.add(row("a-f", FAN, ARTIST, FAN), 2);
    assertThat(mustWait(row("f-r", FAN, FAN, FRIEND))).isFalse();
  }

  @Test
  void aBlastWaitsForWhatIsHeldInAChatOfItsSenderAndHoldsUpWhatFollows() {
    heldBack.add(row("a-f", FAN, ARTIST, FAN), 3);
    RpcLog blast = row("", FAN);
    assertThat(mustWait(blast)).isTrue();
    heldBack.add(blast, 4);
    assertThat(mustWait(row("f-r", FRIEND, FAN, FRIEND))).isTrue();
  }

  @Test
  void aChatThatTheSenderHasLeftKeepsItsOrder() {
    heldBack.add(row("a-f-r", FAN, ARTIST, FAN, FRIEND), 5);
    assertThat(mustWait(row("a-f-r", FAN, FAN, FRIEND))).isTrue();
  }

  @Test
  void whatHasBeenTakenHoldsUpNothing() {
    heldBack.add(row("a-f", FAN, ARTIST, FAN), 6);
    heldBack.add(row("", FAN), 7);
    heldBack.takeAll();
    assertThat(mustWait(row("a-f", FAN, FAN))).isFalse();
    assertThat(mustWait(row("f-r", FRIEND, FAN, FRIEND))).isFalse();
    assertThat(mustWait(row("", FAN))).isFalse();
  }

  @Test
  void givesAllInTheirOrder() {
    RpcLog first = row("a", FAN, FAN);
    RpcLog second = row("b", FAN, FAN);
    heldBack.add(first, 8);
    heldBack.add(second, 9);
    assertThat(heldBack.first(99)).isEqualTo(8);
    assertThat(heldBack.takeAll())
        .extracting(BlastBarrier.Waiting::row)
        .containsExactly(first, second);
    assertThat(heldBack.takeAll()).isEmpty();
    assertThat(heldBack.first(99)).isEqualTo(99);
  }
}
