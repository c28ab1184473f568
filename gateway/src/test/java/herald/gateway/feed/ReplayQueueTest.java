package herald.gateway.feed;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.fanout.ReplayRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayQueueTest {
  private static final int OF_USER = 3;

  private long nowNanos;

  private PendingReplay of(int userId) {
    return new PendingReplay(ReplayRequest.since(userId, 0), nowNanos);
  }

  private PendingReplay add(ReplayQueue queue, int userId) {
    PendingReplay replay = of(userId);
    assertThat(queue.add(replay)).isNull();
    return replay;
  }

  private List<Integer> readAll(ReplayQueue queue) {
    List<Integer> users = new ArrayList<>();
    for (PendingReplay next = queue.next(nowNanos); next != null; next = queue.next(nowNanos)) {
      users.add(next.userId());
      queue.done(next, 0, nowNanos);
    }
    return users;
  }

  private static @Nullable ReplayOutcome outcome(ReplayQueue.@Nullable Refused refused) {
    return refused == null ? null : refused.outcome();
  }

  @Test
  void usersTakeTurns() {
    ReplayQueue queue = new ReplayQueue(1, 100, OF_USER);
    add(queue, 1);
    add(queue, 1);
    add(queue, 1);
    add(queue, 2);
    add(queue, 3);
    add(queue, 2);
    assertThat(readAll(queue)).containsExactly(1, 2, 3, 1, 2, 1);
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void oneOfAUserIsReadAtATime() {
    ReplayQueue queue = new ReplayQueue(3, 100, OF_USER);
    add(queue, 1);
    add(queue, 1);
    PendingReplay first = requireNonNull(queue.next(nowNanos));
    add(queue, 1);
    assertThat(queue.next(nowNanos)).isNull();
    PendingReplay other = add(queue, 2);
    assertThat(queue.next(nowNanos)).isSameAs(other);
    queue.done(first, 0, nowNanos);
    assertThat(requireNonNull(queue.next(nowNanos)).userId()).isEqualTo(1);
    assertThat(queue.next(nowNanos)).isNull();
  }

  @Test
  void noMoreAreReadAtOnceThanThereAreReaders() {
    ReplayQueue queue = new ReplayQueue(2, 100, OF_USER);
    add(queue, 1);
    add(queue, 2);
    PendingReplay third = add(queue, 3);
    PendingReplay first = requireNonNull(queue.next(nowNanos));
    assertThat(queue.next(nowNanos)).isNotNull();
    assertThat(queue.next(nowNanos)).isNull();
    queue.done(first, 0, nowNanos);
    assertThat(queue.next(nowNanos)).isSameAs(third);
  }

  @Test
  void oneWhoWaitsNoMoreLeavesAtOnce() {
    ReplayQueue queue = new ReplayQueue(1, 100, OF_USER);
    PendingReplay first = add(queue, 1);
    PendingReplay second = add(queue, 2);
    PendingReplay third = add(queue, 1);
    queue.remove(first);
    queue.remove(second);
    assertThat(queue.waiting()).isEqualTo(1);
    assertThat(queue.next(nowNanos)).isSameAs(third);
    queue.remove(third);
    add(queue, 1);
    assertThat(queue.next(nowNanos)).as("the reader is still taken").isNull();
    queue.done(third, 0, nowNanos);
    assertThat(readAll(queue)).containsExactly(1);
    assertThat(queue.unansweredSince(nowNanos)).hasSize(1);
  }

  @Test
  void aUserHasABoundedNumberOfPlaces() {
    ReplayQueue queue = new ReplayQueue(1, 100, OF_USER);
    for (int i = 0; i < OF_USER; i++) {
      add(queue, 1);
    }
    PendingReplay more = of(1);
    assertThat(queue.add(more))
        .isEqualTo(new ReplayQueue.Refused(more, ReplayOutcome.TOO_MANY_OF_USER));
    add(queue, 2);
    assertThat(queue.next(nowNanos)).isNotNull();
    add(queue, 1);
  }

  @Test
  void whenAllPlacesAreTakenTheUserWithTheMostGivesOneUp() {
    ReplayQueue queue = new ReplayQueue(1, 4, OF_USER);
    add(queue, 1);
    PendingReplay kept = add(queue, 2);
    PendingReplay second = add(queue, 2);
    PendingReplay newest = add(queue, 2);
    assertThat(queue.add(of(3))).isEqualTo(new ReplayQueue.Refused(newest, ReplayOutcome.TOO_MANY));
    assertThat(queue.add(of(4))).isEqualTo(new ReplayQueue.Refused(second, ReplayOutcome.TOO_MANY));
    PendingReplay late = of(5);
    assertThat(queue.add(late)).isEqualTo(new ReplayQueue.Refused(late, ReplayOutcome.TOO_MANY));
    assertThat(outcome(queue.add(of(1)))).isEqualTo(ReplayOutcome.TOO_MANY);
    assertThat(queue.waiting()).isEqualTo(4);
    assertThat(queue.unansweredSince(nowNanos)).contains(kept);
    assertThat(readAll(queue)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void knowsWhoHasWaitedForTooLongReadOrNot() {
    ReplayQueue queue = new ReplayQueue(1, 100, OF_USER);
    PendingReplay first = add(queue, 1);
    nowNanos = 10;
    PendingReplay second = add(queue, 2);
    nowNanos = 20;
    add(queue, 3);
    assertThat(queue.next(nowNanos)).isSameAs(first);
    assertThat(queue.unansweredSince(9)).containsExactly(first);
    assertThat(queue.unansweredSince(10)).containsExactly(first, second);
    queue.remove(first);
    assertThat(queue.unansweredSince(10)).containsExactly(second);
  }

  @Test
  void whoHasHadMoreThanTheShareHasNoTurnUntilItIsPaidOff() {
    ReplayQueue queue = new ReplayQueue(1, 100, OF_USER);
    add(queue, 1);
    add(queue, 1);
    add(queue, 1);
    add(queue, 2);
    PendingReplay first = requireNonNull(queue.next(nowNanos));
    queue.done(first, ReplayShares.ALLOWANCE_NANOS, nowNanos);
    assertThat(requireNonNull(queue.next(nowNanos)).userId()).isEqualTo(2);
    queue.done(of(2), 0, nowNanos);
    PendingReplay second = requireNonNull(queue.next(nowNanos));
    assertThat(second.userId()).as("what is owed is within what is allowed").isEqualTo(1);
    queue.done(second, 1_000, nowNanos);
    assertThat(queue.next(nowNanos)).isNull();
    add(queue, 3);
    assertThat(requireNonNull(queue.next(nowNanos)).userId()).as("others").isEqualTo(3);
    queue.done(of(3), 0, nowNanos);
    nowNanos += ReplayShares.PART * 1_000 - 1;
    assertThat(queue.next(nowNanos)).isNull();
    nowNanos++;
    assertThat(requireNonNull(queue.next(nowNanos)).userId()).isEqualTo(1);
  }

  @Test
  void whatIsPaidOffIsForgotten() {
    ReplayShares shares = new ReplayShares();
    shares.onRead(1, 5, 0);
    shares.onRead(2, 1, 0);
    assertThat(shares.size()).isEqualTo(2);
    shares.onRead(3, 1, ReplayShares.PART);
    assertThat(shares.size()).isEqualTo(2);
    shares.onRead(3, 0, ReplayShares.PART * 5);
    assertThat(shares.size()).isZero();
  }
}
