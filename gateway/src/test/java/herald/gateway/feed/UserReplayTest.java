package herald.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayMemory;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is read for, with a reader and threads that do nothing before the test says so. */
class UserReplayTest {
  private static final int HAMMERING = 1;
  private static final int OTHER = 2;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Replay FOUND =
      new Replay(
          List.of(EventEncoder.rpc(EventId.of("sig", 0), "{\"method\":\"chat.message\"}", 1, 0)),
          null);
  private static final Gap GAP = new Gap(Instant.EPOCH, NOW, GapSource.DATABASE);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final List<Integer> asked = new ArrayList<>();
  private long nowNanos;
  private boolean hasEnded;
  private @Nullable SQLException failure;
  private Replay found = FOUND;
  private @Nullable BooleanSupplier isWanted;
  private long untilNanos;

  /** Called while one is being read. */
  private Runnable whileReading = () -> {};

  private final UserReplay replays = replays(ReplaySettings.builder().threads(2));

  private UserReplay replays(ReplaySettings.Builder settings) {
    return new UserReplay(
        this::read,
        settings.timeout(TIMEOUT).build(),
        this::execute,
        1_000,
        meters.feed(),
        new Supervisor(meters.supervision(), () -> nowNanos),
        InstantSource.fixed(NOW),
        () -> nowNanos);
  }

  private void execute(Runnable task) {
    if (hasEnded) {
      throw new RejectedExecutionException();
    }
    tasks.add(task);
  }

  private Replay read(ReplayRequest request, long until, BooleanSupplier wanted)
      throws SQLException {
    asked.add(request.userId());
    untilNanos = until;
    isWanted = wanted;
    whileReading.run();
    if (failure != null) {
      throw failure;
    }
    return found;
  }

  private static boolean isGap(Replay replay) {
    return replay.events().isEmpty() && GAP.equals(replay.gap());
  }

  private CompletableFuture<Replay> ask(int userId) {
    return replays.replay(ReplayRequest.since(userId, 0));
  }

  private void runAll() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  private double count(ReplayOutcome outcome) {
    String label = outcome.name().toLowerCase(java.util.Locale.ROOT);
    return registry.get("herald.database.replays").tag("outcome", label).counter().count();
  }

  private double waiting() {
    return registry.get("herald.replays.waiting").gauge().value();
  }

  @Test
  void oneWhoOpensAndClosesConnectionsWithoutEndTakesOneReader() {
    for (int i = 0; i < 1_000; i++) {
      ask(HAMMERING).cancel(false);
    }
    CompletableFuture<Replay> answer = ask(OTHER);
    assertThat(tasks).as("a reader for each of the two").hasSize(2);
    assertThat(waiting()).isZero();
    Runnable first = tasks.remove();
    tasks.remove().run();
    assertThat(asked).as("while the first reader is taken").containsExactly(OTHER);
    assertThat(answer).isCompletedWithValue(FOUND);
    first.run();
    runAll();
    assertThat(asked).as("whose connection is closed is not read for").containsExactly(OTHER);
    assertThat(count(ReplayOutcome.ABANDONED)).isEqualTo(1_000);
    assertThat(count(ReplayOutcome.READ)).isEqualTo(1);
  }

  @Test
  void oneWhoOpensManyConnectionsGetsGapsAndOthersTheirEvents() {
    List<CompletableFuture<Replay>> hammering = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      hammering.add(ask(HAMMERING));
    }
    CompletableFuture<Replay> answer = ask(OTHER);
    int places = ReplaySettings.defaults().maxWaitingPerUser();
    assertThat(waiting()).isEqualTo(places);
    assertThat(hammering.get(1 + places))
        .isCompletedWithValueMatching(UserReplayTest::isGap, "a gap");
    assertThat(count(ReplayOutcome.TOO_MANY_OF_USER)).isEqualTo(1_000 - 1 - places);
    runAll();
    assertThat(asked).startsWith(HAMMERING, OTHER).hasSize(1 + places + 1);
    assertThat(answer).isCompletedWithValue(FOUND);
    assertThat(hammering.get(places)).isCompletedWithValue(FOUND);
    assertThat(waiting()).isZero();
  }

  @Test
  void whatHasTakenTooLongIsAGapAndTheAnswerIsDropped() {
    CompletableFuture<Replay> beingRead = ask(HAMMERING);
    CompletableFuture<Replay> waiting = ask(HAMMERING);
    nowNanos = TIMEOUT.toNanos() - 1;
    CompletableFuture<Replay> late = ask(OTHER);
    replays.expire();
    assertThat(beingRead).isNotDone();
    whileReading =
        () -> {
          nowNanos = TIMEOUT.toNanos();
          replays.expire();
        };
    tasks.remove().run();
    assertThat(beingRead).isCompletedWithValueMatching(UserReplayTest::isGap, "a gap");
    assertThat(waiting).isCompletedWithValueMatching(UserReplayTest::isGap, "a gap");
    assertThat(late).isNotDone();
    assertThat(waiting()).isZero();
    runAll();
    assertThat(late).isCompletedWithValue(FOUND);
    assertThat(asked).containsExactly(HAMMERING, OTHER);
    assertThat(count(ReplayOutcome.TIMED_OUT)).isEqualTo(2);
    assertThat(count(ReplayOutcome.READ)).isEqualTo(1);
  }

  @Test
  void aReadingEndsBeforeTheTimeoutSoThatWhatItHasIsSent() {
    nowNanos = 5;
    ask(OTHER);
    nowNanos = TIMEOUT.toNanos() / 2;
    runAll();
    assertThat(untilNanos).isEqualTo(5 + TIMEOUT.toNanos() * 9 / 10);
  }

  @Test
  void aReadingFindsOutThatTheConnectionIsClosed() {
    CompletableFuture<Replay> answer = ask(OTHER);
    List<Boolean> wanted = new ArrayList<>();
    whileReading =
        () -> {
          wanted.add(isWanted != null && isWanted.getAsBoolean());
          answer.cancel(false);
          wanted.add(isWanted != null && isWanted.getAsBoolean());
        };
    runAll();
    assertThat(wanted).containsExactly(true, false);
    assertThat(count(ReplayOutcome.ABANDONED)).isEqualTo(1);
    assertThat(count(ReplayOutcome.READ)).isZero();
  }

  @Test
  void whatNobodyWantsAnyMoreIsGivenBack() {
    ReplayMemory memory = new ReplayMemory(1_000);
    ReplayMemory.Room room = memory.room(OTHER);
    assertThat(room.take(100)).isTrue();
    found = new Replay(FOUND.events(), FOUND.known(), null, room);
    CompletableFuture<Replay> answer = ask(OTHER);
    whileReading = () -> answer.cancel(false);
    runAll();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void oneThatFailsIsAGapAndTheNextIsRead() {
    failure = new SQLException("any");
    CompletableFuture<Replay> failed = ask(HAMMERING);
    CompletableFuture<Replay> next = ask(HAMMERING);
    tasks.remove().run();
    assertThat(failed).isCompletedWithValueMatching(UserReplayTest::isGap, "a gap");
    assertThat(count(ReplayOutcome.FAILED)).isEqualTo(1);
    failure = null;
    runAll();
    assertThat(next).isCompletedWithValue(FOUND);
  }

  @Test
  void theTimeInWhichTheDatabaseIsAwayDoesNotCount() {
    failure = new SQLException("away", "08006");
    CompletableFuture<Replay> answer = ask(OTHER);
    CompletableFuture<Replay> waiting = ask(OTHER);
    nowNanos = TIMEOUT.toNanos();
    whileReading =
        () -> {
          if (asked.size() == 2) {
            replays.expire();
            assertThat(waiting).isNotDone();
            failure = null;
          }
        };
    tasks.remove().run();
    assertThat(answer).isCompletedWithValue(FOUND);
    nowNanos += TIMEOUT.toNanos();
    replays.expire();
    assertThat(waiting).isCompletedWithValueMatching(UserReplayTest::isGap, "a gap");
  }

  @Test
  void withoutThreadsThereIsAGapAtOnce() {
    hasEnded = true;
    assertThat(ask(OTHER)).isCompletedWithValueMatching(UserReplayTest::isGap, "a gap");
    hasEnded = false;
    CompletableFuture<Replay> next = ask(OTHER);
    runAll();
    assertThat(next).isCompletedWithValue(FOUND);
  }

  @Test
  void oneWhoseReplaysTakeLongWaitsLongerEachTimeAndOthersDoNot() {
    whileReading = () -> nowNanos += Duration.ofSeconds(1).toNanos();
    for (int i = 0; i < 16; i++) {
      ask(HAMMERING).cancel(false);
      ask(HAMMERING);
      runAll();
    }
    assertThat(asked).as("the first few at once, then no more").hasSize(12);
    CompletableFuture<Replay> answer = ask(OTHER);
    runAll();
    assertThat(answer).isCompletedWithValue(FOUND);
    int before = asked.size();
    for (int tenth = 0; tenth < 3_000; tenth++) {
      ask(HAMMERING);
      nowNanos += Duration.ofMillis(100).toNanos();
      replays.expire();
      runAll();
    }
    assertThat(asked.size() - before).as("of five minutes a tenth").isBetween(25, 35);
  }

  @Test
  void theTimeInWhichTheDatabaseIsAwayIsNotTheUsers() {
    failure = new SQLException("away", "08006");
    whileReading =
        () -> {
          if (asked.size() < 5) {
            nowNanos += Duration.ofSeconds(5).toNanos();
          } else {
            failure = null;
          }
        };
    ask(OTHER);
    runAll();
    CompletableFuture<Replay> answer = ask(OTHER);
    runAll();
    assertThat(answer).isCompletedWithValue(FOUND);
  }
}
