package herald.gateway.feed;

import static herald.gateway.feed.BlastBarrier.Verdict.IS_A_GAP;
import static herald.gateway.feed.BlastBarrier.Verdict.JOINED;
import static herald.gateway.feed.BlastBarrier.Verdict.NO_ROOM;
import static herald.gateway.feed.BlastBarrier.Verdict.PASSES;
import static herald.gateway.feed.BlastBarrier.Verdict.WAITS;
import static org.assertj.core.api.Assertions.assertThat;

import herald.protocol.ParsedRpc;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlastBarrierTest {
  private static final int ARTIST = 1;
  private static final int FAN = 2;
  private static final int FRIEND = 3;
  private static final int OTHER_ARTIST = 4;
  private static final long PLENTY = 1L << 40;

  private BlastBarrier barrier = new BlastBarrier(100_000, PLENTY);
  private long number;

  private static RpcLog row(String chatId, int sender, Integer... members) {
    return row("chat.message", "", chatId, sender, members);
  }

  private static RpcLog blast(int sender) {
    return row("chat.blast", "b", "", sender);
  }

  private static RpcLog blastAt(int sender, long micros) {
    RpcLog blast = blast(sender);
    return new RpcLog("sig", 1, "{}", blast.rpc(), micros, 0, List.of(sender), null, Set.of(), 0);
  }

  private static RpcLog row(
      String method, String blastId, String chatId, int sender, Integer... members) {
    ParsedRpc rpc = new ParsedRpc(method, null, chatId, "m", blastId, null);
    StoredMessage message =
        chatId.isEmpty()
            ? null
            : new StoredMessage(
                "m", chatId, sender, "text", List.of(members), List.of(), List.of());
    return new RpcLog("sig", 1, "{}", rpc, 0, 0, List.of(sender), message, Set.of(), 0);
  }

  private BlastBarrier.Verdict place(RpcLog row) {
    return barrier.place(row, ++number);
  }

  private HeldRow begin(RpcLog blast) {
    assertThat(place(blast)).isEqualTo(PASSES);
    return barrier.begin(blast, number);
  }

  /** The numbers of the rows that are published once this one is, each of which leaves at once. */
  private List<Long> leave(HeldRow published) {
    barrier.leave(published);
    List<Long> numbers = new ArrayList<>();
    for (HeldRow row = barrier.pollReleased(); row != null; row = barrier.pollReleased()) {
      numbers.add(row.number());
      barrier.leave(row);
    }
    return numbers;
  }

  @Test
  void withoutABlastNothingWaits() {
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(PASSES);
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(PASSES);
    assertThat(barrier.rows()).isZero();
  }

  @Test
  void whatFollowsInAChatOfTheSenderWaits() {
    begin(blast(ARTIST));
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(WAITS);
    assertThat(place(blast(ARTIST))).as("another blast of the sender").isEqualTo(WAITS);
    assertThat(place(row("f-r", FAN, FAN, FRIEND))).isEqualTo(PASSES);
    assertThat(place(blast(OTHER_ARTIST))).isEqualTo(PASSES);
  }

  private static RpcLog large(int sender) {
    return new RpcLog("sig", 1, null, null, 0, 0, List.of(sender), null, Set.of(), 0);
  }

  @Test
  void whatFollowsALargeTextInAChatOfItsSenderWaits() {
    HeldRow first = begin(large(ARTIST));
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(WAITS);
    assertThat(place(large(ARTIST))).as("another one of the sender").isEqualTo(WAITS);
    assertThat(place(large(FAN))).as("in a chat with what waits").isEqualTo(WAITS);
    assertThat(place(row("f-r", FAN, FRIEND, OTHER_ARTIST))).as("behind that").isEqualTo(WAITS);
    assertThat(place(row("o-r", OTHER_ARTIST, OTHER_ARTIST))).isEqualTo(PASSES);
    assertThat(barrier.isBehind("a-f", 3)).isTrue();
    assertThat(barrier.isBehind("a-f", 2)).isFalse();
    assertThat(leave(first)).containsExactly(2L, 3L, 4L, 5L);
  }

  @Test
  void aChatIsThatOfThoseFromWhomItIsHiddenToo() {
    begin(large(ARTIST));
    StoredMessage hidden =
        new StoredMessage("m", "a-f", FAN, "text", List.of(FAN), List.of(ARTIST), List.of());
    ParsedRpc rpc = new ParsedRpc("chat.message", null, "a-f", "m", null, null);
    RpcLog behind = new RpcLog("sig", 1, "{}", rpc, 0, 0, List.of(FAN), hidden, Set.of(), 0);
    assertThat(place(behind)).isEqualTo(WAITS);
  }

  @Test
  void otherChatsOfThoseWhoWaitPass() {
    begin(blast(ARTIST));
    place(row("a-f", FAN, ARTIST, FAN));
    assertThat(place(row("f-r", FAN, FAN, FRIEND))).isEqualTo(PASSES);
  }

  @Test
  void aBlastWaitsForWhatIsHeldInAChatOfItsSenderAndHoldsUpWhatFollows() {
    HeldRow first = begin(blast(ARTIST));
    place(row("a-f", FAN, ARTIST, FAN));
    assertThat(place(blast(FAN))).isEqualTo(WAITS);
    assertThat(place(row("f-r", FRIEND, FAN, FRIEND))).isEqualTo(WAITS);
    assertThat(leave(first)).containsExactly(2L, 3L, 4L);
  }

  @Test
  void aChatThatTheSenderHasLeftKeepsItsOrder() {
    begin(blast(ARTIST));
    place(row("a-f-r", FAN, ARTIST, FAN, FRIEND));
    assertThat(place(row("a-f-r", FAN, FAN, FRIEND))).isEqualTo(WAITS);
  }

  @Test
  void whatHasLeftHoldsUpNothing() {
    HeldRow first = begin(blast(ARTIST));
    place(row("a-f", FAN, ARTIST, FAN));
    place(blast(FAN));
    assertThat(leave(first)).containsExactly(2L, 3L);
    assertThat(place(row("a-f", FAN, FAN))).isEqualTo(PASSES);
    assertThat(place(row("f-r", FRIEND, FAN, FRIEND))).isEqualTo(PASSES);
    assertThat(place(blast(FAN))).isEqualTo(PASSES);
    assertThat(barrier.rows()).isZero();
    assertThat(barrier.bytes()).isZero();
  }

  @Test
  void theFirstNumberIsThatOfTheOldestThatIsHeld() {
    HeldRow first = begin(blast(ARTIST));
    HeldRow second = begin(blast(OTHER_ARTIST));
    place(row("a-f", FAN, ARTIST, FAN));
    assertThat(barrier.first(99)).isEqualTo(1);
    barrier.leave(first);
    assertThat(barrier.first(99)).isEqualTo(2);
    barrier.leave(second);
    assertThat(barrier.first(99)).as("released and not yet published").isEqualTo(3);
    leave(Objects.requireNonNull(barrier.pollReleased()));
    assertThat(barrier.first(99)).isEqualTo(99);
  }

  @Test
  void leavingTwiceCountsOnce() {
    HeldRow first = begin(blast(ARTIST));
    barrier.leave(first);
    barrier.leave(first);
    assertThat(barrier.rows()).isZero();
    assertThat(barrier.bytes()).isZero();
  }

  @Test
  void ofAFloodOneBlastIsReleasedAtATimeAndBlastsOfOthersPass() {
    HeldRow first = begin(blast(ARTIST));
    for (int i = 0; i < 20_000; i++) {
      assertThat(place(blast(ARTIST))).isEqualTo(WAITS);
    }
    assertThat(place(blast(OTHER_ARTIST))).isEqualTo(PASSES);
    barrier.leave(first);
    HeldRow next = Objects.requireNonNull(barrier.pollReleased());
    assertThat(next.number()).isEqualTo(2);
    assertThat(barrier.pollReleased()).as("one of the sender at a time").isNull();
    barrier.leave(next);
    assertThat(Objects.requireNonNull(barrier.pollReleased()).number()).isEqualTo(3);
  }

  /**
   * How often the people of a row are looked at, whoever's it is, while one row that waits is
   * released and others come.
   *
   * @param held how many others wait meanwhile
   */
  private int looksBeside(int held) {
    barrier = new BlastBarrier(100_000, PLENTY);
    int[] looks = {0};
    begin(counted(blast(OTHER_ARTIST), looks));
    for (int i = 0; i < held; i++) {
      assertThat(place(counted(blast(OTHER_ARTIST), looks))).isEqualTo(WAITS);
    }
    looks[0] = 0;
    HeldRow first = begin(counted(blast(ARTIST), looks));
    assertThat(place(counted(row("a-f", FAN, ARTIST, FAN), looks))).isEqualTo(WAITS);
    assertThat(place(counted(blast(OTHER_ARTIST), looks))).isEqualTo(WAITS);
    assertThat(place(counted(row("f-r", FRIEND, FRIEND), looks))).isEqualTo(PASSES);
    assertThat(leave(first)).hasSize(1);
    assertThat(barrier.isBehind(ARTIST, number)).isFalse();
    return looks[0];
  }

  private static RpcLog counted(RpcLog row, int[] looks) {
    List<Integer> people =
        new AbstractList<>() {
          @Override
          public Integer get(int index) {
            looks[0]++;
            return row.walletUsers().get(index);
          }

          @Override
          public int size() {
            return row.walletUsers().size();
          }
        };
    return new RpcLog(
        row.sig(), 1, row.rpcJson(), row.rpc(), 0, 0, people, row.message(), Set.of(), 0);
  }

  /** What a row waits for, and what waits for it, is looked up, not searched for. */
  @Test
  void howManyOthersWaitMakesNoDifferenceToARow() {
    int few = looksBeside(20);
    assertThat(few).isPositive();
    assertThat(looksBeside(20_000)).isEqualTo(few);
  }

  @Test
  void messagesBehindABlastGoTogetherAndTheNextBlastBehindAllOfThem() {
    HeldRow first = begin(blast(ARTIST));
    place(row("a-f", FAN, ARTIST, FAN));
    place(row("a-r", FRIEND, ARTIST, FRIEND));
    place(blast(ARTIST));
    barrier.leave(first);
    HeldRow message = Objects.requireNonNull(barrier.pollReleased());
    HeldRow other = Objects.requireNonNull(barrier.pollReleased());
    assertThat(barrier.pollReleased()).isNull();
    barrier.leave(other);
    assertThat(barrier.pollReleased()).as("the other message is not published yet").isNull();
    barrier.leave(message);
    assertThat(Objects.requireNonNull(barrier.pollReleased()).number()).isEqualTo(4);
  }

  @Test
  void aMessageDoesNotWaitForAFlood() {
    begin(blast(ARTIST));
    for (int i = 0; i < BlastBarrier.MAX_BESIDE_AHEAD; i++) {
      place(blast(ARTIST));
    }
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(IS_A_GAP);
    assertThat(place(blast(FAN))).as("nor does what would follow it").isEqualTo(PASSES);
  }

  @Test
  void aMessageDoesNotWaitForVeryManyLargeTexts() {
    begin(large(ARTIST));
    for (int i = 0; i < BlastBarrier.MAX_BESIDE_AHEAD; i++) {
      place(large(ARTIST));
    }
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(IS_A_GAP);
  }

  @Test
  void whatElseIsInNoChatDoesNotCountAsABlast() {
    begin(blast(ARTIST));
    for (int i = 0; i <= BlastBarrier.MAX_BESIDE_AHEAD; i++) {
      assertThat(place(row("chat.read", "", "", ARTIST))).isEqualTo(WAITS);
    }
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(WAITS);
  }

  @Test
  void aSendersBlastsLeaveAsMuchToOthersAsTheyTakeAndOneMoreJoinsTheLast() {
    barrier = new BlastBarrier(10, PLENTY);
    HeldRow first = begin(blast(ARTIST));
    for (int i = 0; i < 5; i++) {
      place(blast(ARTIST));
    }
    assertThat(place(blastAt(ARTIST, 70))).isEqualTo(JOINED);
    assertThat(place(blastAt(ARTIST, 90))).isEqualTo(JOINED);
    assertThat(barrier.rows()).isEqualTo(6);
    assertThat(place(blast(OTHER_ARTIST))).isEqualTo(PASSES);
    HeldRow last = first;
    for (int i = 0; i < 5; i++) {
      assertThat(last.gap()).isNull();
      barrier.leave(last);
      last = Objects.requireNonNull(barrier.pollReleased());
    }
    assertThat(last.gap()).isEqualTo(new HeldRow.TimeSpan(0, 90));
  }

  @Test
  void whatIsBehindAPersonsHeldRowsLeavesAsMuchToOthersAsTheseTake() {
    barrier = new BlastBarrier(10, PLENTY);
    begin(blast(ARTIST));
    for (int i = 0; i < 5; i++) {
      assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(WAITS);
    }
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(IS_A_GAP);
    begin(blast(OTHER_ARTIST));
    assertThat(place(row("o-r", FRIEND, OTHER_ARTIST, FRIEND))).isEqualTo(WAITS);
  }

  @Test
  void aBlastJoinsNoneOfAnotherUserOfTheWallet() {
    barrier = new BlastBarrier(4, PLENTY);
    begin(blast(ARTIST));
    place(blast(ARTIST));
    place(blast(ARTIST));
    ParsedRpc other = new ParsedRpc("chat.blast", "other", null, null, "b", null);
    RpcLog ofOther = new RpcLog("sig", 1, "{}", other, 0, 0, List.of(ARTIST), null, Set.of(), 0);
    assertThat(place(ofOther)).isEqualTo(WAITS);
    assertThat(place(blast(ARTIST))).isEqualTo(NO_ROOM);
  }

  @Test
  void whatIsHeldIsBoundedInNumberAndABlastWithoutOneToJoinIsNotReadOn() {
    barrier = new BlastBarrier(2, PLENTY);
    HeldRow first = begin(blast(ARTIST));
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(WAITS);
    assertThat(place(row("a-f", FAN, ARTIST, FAN))).isEqualTo(IS_A_GAP);
    assertThat(place(row("f-r", FAN, FAN, FRIEND))).isEqualTo(PASSES);
    assertThat(place(blast(OTHER_ARTIST))).isEqualTo(NO_ROOM);
    leave(first);
    assertThat(place(blast(OTHER_ARTIST))).isEqualTo(PASSES);
  }

  @Test
  void whatIsHeldIsBoundedInBytes() {
    barrier = new BlastBarrier(100, 20_000);
    HeldRow first = begin(blast(ARTIST));
    RpcLog large =
        new RpcLog(
            "sig",
            1,
            "x".repeat(10_000),
            new ParsedRpc("chat.message", null, "a-f", "m", null, null),
            0,
            0,
            List.of(FAN),
            new StoredMessage("m", "a-f", FAN, "text", List.of(ARTIST), List.of(), List.of()),
            Set.of(),
            0);
    assertThat(place(large)).isEqualTo(IS_A_GAP);
    RpcLog largeBlast = row("chat.blast", "b".repeat(20_000), "", OTHER_ARTIST);
    assertThat(place(largeBlast)).isEqualTo(NO_ROOM);
    assertThat(place(blast(ARTIST))).isEqualTo(WAITS);
    leave(first);
    assertThat(place(largeBlast)).as("whatever it takes, alone it fits").isEqualTo(PASSES);
  }

  @Test
  void aBlastIsBehindEarlierOnesOfTheOtherPersonInAChat() {
    HeldRow first = begin(blast(ARTIST));
    place(blast(ARTIST));
    HeldRow other = begin(blast(OTHER_ARTIST));
    assertThat(barrier.mustWait(ARTIST, other.number())).isTrue();
    assertThat(barrier.mustWait(OTHER_ARTIST, first.number())).as("a later one").isFalse();
    barrier.leave(first);
    assertThat(barrier.mustWait(ARTIST, other.number())).as("one waits still").isTrue();
    for (int i = 0; i < BlastBarrier.MAX_BESIDE_AHEAD; i++) {
      place(blast(ARTIST));
    }
    assertThat(barrier.mustWait(ARTIST, other.number())).as("it would wait too long").isFalse();
    assertThat(barrier.isBehind(ARTIST, other.number())).isTrue();
    assertThat(barrier.isBehind(FRIEND, other.number())).isFalse();
  }

  @Test
  void theTextOfABlastIsNotKept() {
    begin(blast(ARTIST));
    long before = barrier.bytes();
    RpcLog blast = blast(ARTIST);
    assertThat(
            place(
                new RpcLog(
                    "sig",
                    1,
                    "x".repeat(1_000_000),
                    blast.rpc(),
                    0,
                    0,
                    List.of(ARTIST),
                    null,
                    Set.of(),
                    0)))
        .isEqualTo(WAITS);
    assertThat(barrier.bytes() - before).isLessThan(2_000);
  }
}
