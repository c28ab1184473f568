package herald.gateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway.Eventually;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.roaringbitmap.RoaringBitmap;

/** Something is thrown in each place of the fan-out, and costs one connection or one event. */
class DispatcherIsolationTest {
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** More than a slice. */
  private static final int MANY = 1_200;

  private static final MemoryLimits LIMITS =
      new MemoryLimits(MINUTE_NANOS, Long.MAX_VALUE, 0, 10 * MANY);

  /** An event loop that the test moves, and that can be made to take no tasks, or to break. */
  private static final class Loop implements Executor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private int takesTasks = Integer.MAX_VALUE;
    private boolean isBroken;

    @Override
    public void execute(Runnable task) {
      if (takesTasks-- <= 0) {
        throw new RejectedExecutionException();
      }
      tasks.add(task);
    }

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    @Override
    public int hashCode() {
      if (isBroken) {
        throw new IllegalStateException();
      }
      return System.identityHashCode(this);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }
  }

  /** A connection that reads at once, until it is made to throw. */
  private final class Connection implements CursorOwner {
    private final Cursor cursor;
    private int read;
    private boolean failed;
    private @Nullable Throwable wakeFailure;
    private @Nullable Throwable prefetchFailure;

    private Connection(int user, Loop loop) {
      cursor = new Cursor(Subscriber.of(user), loop, this);
      all.add(this);
    }

    @Override
    public void onWake(long nowNanos) {
      fail(wakeFailure);
      while (cursor.peek() != null) {
        cursor.advance();
        read++;
      }
    }

    @Override
    public int prefetch() {
      fail(prefetchFailure);
      return 1;
    }

    @Override
    public void onFailure() {
      failed = true;
      dispatcher.close(cursor);
    }
  }

  private static void fail(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException exception) {
      throw exception;
    } else if (failure instanceof Error error) {
      throw error;
    }
  }

  /** Concerns these users; what is asked of one of them may be made to throw. */
  static final class BrittleBitmap extends RoaringBitmap {
    private static final long serialVersionUID = 1;

    private int brittleUser = -1;
    private boolean isBrittle;

    /** Public, as for any class that can be read from a stream. */
    public BrittleBitmap() {}

    @Override
    public boolean contains(int user) {
      if (user == brittleUser) {
        throw new IllegalStateException();
      }
      return super.contains(user);
    }

    @Override
    public long getLongSizeInBytes() {
      if (isBrittle) {
        throw new OutOfMemoryError();
      }
      return super.getLongSizeInBytes();
    }
  }

  private final List<Connection> all = new ArrayList<>();
  private final Loop loop = new Loop();
  private final Loop otherLoop = new Loop();
  private final EmbeddedChannel timer = new EmbeddedChannel();
  private volatile Runnable onClock = () -> {};
  private volatile Runnable onWallClock = () -> {};
  private long supervisedNanos;
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final Supervisor supervisor = new Supervisor(meters.supervision(), () -> supervisedNanos);
  private final Dispatcher dispatcher =
      new Dispatcher(
          LIMITS,
          new PositionJournal(false),
          meters,
          () -> {
            onClock.run();
            return 0;
          },
          () -> {
            onWallClock.run();
            return Instant.EPOCH;
          },
          supervisor,
          timer.eventLoop());

  @AfterEach
  void tearDown() {
    timer.finishAndReleaseAll();
  }

  private Connection connect(int user) {
    return connect(user, loop);
  }

  private Connection connect(int user, Loop on) {
    Connection connection = new Connection(user, on);
    dispatcher.open(connection.cursor);
    settle();
    return connection;
  }

  private void connectMany() {
    for (int user = 0; user < MANY; user++) {
      connect(user);
    }
  }

  private void settle() {
    loop.run();
    otherLoop.run();
  }

  private static Event event(Audience audience) {
    return new Event(
        EventEncoder.rpc(EventId.of("sig", 0), "{}", 1, 0), audience, 0, RowOrder.committedAt(0));
  }

  private static BrittleBitmap everybody() {
    BrittleBitmap users = new BrittleBitmap();
    users.add(0L, 10L * MANY);
    return users;
  }

  private void publish(Event... events) {
    dispatcher.publish(List.of(events));
    settle();
  }

  private void assertThatOnly(Connection failed, Place place) {
    assertThat(supervisor.failures().count(place)).isEqualTo(1);
    for (Connection connection : all) {
      assertThat(connection.failed)
          .as("user " + connection.cursor.userId())
          .isEqualTo(connection == failed);
    }
  }

  private void assertThatAllButOneHaveRead(@Nullable Connection failed, int events) {
    for (Connection connection : all) {
      if (connection != failed) {
        assertThat(connection.read).as("user " + connection.cursor.userId()).isEqualTo(events);
      }
    }
  }

  // ---- Waking ----

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatOneWakeThrowsCostsThatConnectionAlone(boolean isError) {
    connectMany();
    Connection bad = all.get(700);
    bad.wakeFailure = isError ? new OutOfMemoryError() : new IllegalStateException();
    publish(event(Audience.of(everybody())));
    assertThatOnly(bad, Place.WAKE);
    assertThatAllButOneHaveRead(bad, 1);
    assertThat(dispatcher.openCursors()).isEqualTo(MANY - 1);
    publish(event(Audience.of(everybody())));
    assertThatOnly(bad, Place.WAKE);
    assertThatAllButOneHaveRead(bad, 2);
  }

  @Test
  void whatOnePrefetchThrowsCostsThatConnectionAlone() {
    connectMany();
    Connection bad = all.get(0);
    bad.prefetchFailure = new StackOverflowError();
    publish(event(Audience.of(everybody())));
    assertThatOnly(bad, Place.WAKE);
    assertThatAllButOneHaveRead(bad, 1);
  }

  @Test
  void whatLookingForWorkThrowsCostsThatConnectionAlone() {
    connectMany();
    Connection bad = all.get(MANY - 1);
    BrittleBitmap users = everybody();
    users.brittleUser = MANY - 1;
    publish(event(Audience.of(users)));
    assertThatOnly(bad, Place.WAKE);
    assertThatAllButOneHaveRead(bad, 1);
  }

  @Test
  void whatTheFirstWakeThrowsCostsThatConnectionAlone() {
    connect(1);
    Connection bad = new Connection(2, loop);
    bad.wakeFailure = new IllegalStateException();
    dispatcher.open(bad.cursor);
    connect(3);
    assertThatOnly(bad, Place.ENTER);
    publish(event(Audience.of(1, 2, 3)));
    assertThatAllButOneHaveRead(bad, 1);
    assertThat(dispatcher.openCursors()).isEqualTo(2);
  }

  // ---- Changes under the lock ----

  @Test
  void whatOneChangeThrowsCostsThatConnectionAloneAndThoseBehindItAreMade() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Thread feed =
        new Thread(
            () -> {
              onClock =
                  () -> {
                    onClock = () -> {};
                    held.countDown();
                    awaitQuietly(go);
                  };
              dispatcher.publish(List.of(event(Audience.of(1_000_000))));
            });
    feed.start();
    assertThat(held.await(20, TimeUnit.SECONDS)).isTrue();
    Connection bad = new Connection(1, loop);
    Connection good = new Connection(2, loop);
    onWallClock =
        () -> {
          onWallClock = () -> {};
          throw new OutOfMemoryError();
        };
    dispatcher.open(bad.cursor);
    dispatcher.open(good.cursor);
    go.countDown();
    feed.join();
    settle();
    assertThatOnly(bad, Place.CHANGE);
    publish(event(Audience.of(1, 2)));
    assertThat(good.read).isEqualTo(1);
    assertThat(dispatcher.openCursors()).isEqualTo(1);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aConnectionThatCanNotLeaveItsListIsClosedAllTheSame() {
    Connection good = connect(1);
    Connection bad = connect(2, otherLoop);
    otherLoop.isBroken = true;
    dispatcher.close(bad.cursor);
    assertThat(supervisor.failures().count(Place.LEAVE)).isEqualTo(1);
    assertThat(dispatcher.openCursors()).isEqualTo(1);
    publish(event(Audience.of(1)));
    assertThat(good.read).isEqualTo(1);
  }

  // ---- Events ----

  @Test
  void anEventThatCanNotBeAppendedCostsThatEventAloneAndIsAGapForThoseItConcerns() {
    Connection stranger = connect(1);
    Connection concerned = connect(2);
    BrittleBitmap users = new BrittleBitmap();
    users.add(2);
    users.isBrittle = true;
    publish(event(Audience.of(1)), event(Audience.of(users)), event(Audience.of(1, 2)));
    assertThat(supervisor.failures().count(Place.APPEND)).isEqualTo(1);
    assertThat(registry.get("herald.log.events").gauge().value())
        .as("nothing of it is in the log")
        .isEqualTo(2);
    assertThat(stranger.read).isEqualTo(2);
    assertThat(concerned.cursor.isLost()).as("it does not go on as if nothing had been").isTrue();
    dispatcher.close(concerned.cursor);
    Cursor next = new Cursor(Subscriber.of(2), loop, now -> {});
    dispatcher.open(next);
    settle();
    assertThat(next.past().takeGap()).isNotNull();
    assertThat(stranger.cursor.isLost()).isFalse();
  }

  @Test
  void aTouchThatFailsCostsThatConnectionAlone() {
    Connection good = connect(1);
    Connection bad = connect(2, otherLoop);
    otherLoop.isBroken = true;
    dispatcher.publish(List.of(event(Audience.of(1, 2))));
    otherLoop.isBroken = false;
    settle();
    assertThatOnly(bad, Place.HAND_OVER);
    assertThat(good.read).isEqualTo(1);
  }

  // ---- Loops ----

  @Test
  void aLoopThatTakesNoTaskCostsTheOthersNothingAndIsToldLater() {
    Connection good = connect(1);
    Connection late = connect(2, otherLoop);
    otherLoop.takesTasks = 0;
    publish(event(Audience.of(1, 2)));
    assertThat(supervisor.failures().count(Place.HAND_OVER)).isEqualTo(1);
    assertThat(good.read).isEqualTo(1);
    assertThat(late.read).isZero();
    otherLoop.takesTasks = Integer.MAX_VALUE;
    passASecond();
    assertThat(late.read).isEqualTo(1);
    assertThat(late.failed).isFalse();
  }

  @Test
  void aBroadcastThatALoopDidNotTakeIsToldLaterToo() {
    connectMany();
    loop.takesTasks = 0;
    publish(event(Audience.of(everybody())));
    assertThatAllButOneHaveRead(null, 0);
    loop.takesTasks = Integer.MAX_VALUE;
    publish(event(Audience.of(1)));
    for (Connection connection : all) {
      assertThat(connection.read).isEqualTo(connection.cursor.userId() == 1 ? 2 : 1);
    }
  }

  @Test
  void afterSlicesThatCouldNotBeHandedOnBroadcastsGoOn() {
    connectMany();
    loop.takesTasks = 1;
    publish(event(Audience.of(everybody())));
    loop.takesTasks = Integer.MAX_VALUE;
    publish(event(Audience.of(everybody())));
    assertThatAllButOneHaveRead(null, 2);
  }

  @Test
  void whatMeasuringABroadcastThrowsDoesNotEndTheWalks() {
    // All in the last slice.
    for (int user = 0; user < 10; user++) {
      connect(user);
    }
    boolean[] throwsOnce = {true};
    dispatcher.publish(List.of(event(Audience.of(everybody()))));
    onClock =
        () -> {
          if (throwsOnce[0]) {
            throwsOnce[0] = false;
            throw new OutOfMemoryError();
          }
        };
    try {
      settle();
    } catch (OutOfMemoryError e) {
      settle();
    }
    onClock = () -> {};
    publish(event(Audience.of(everybody())));
    assertThatAllButOneHaveRead(null, 2);
  }

  @Test
  void slicesThatCanNotBeHandedOnAreWokenAtOnce() {
    connectMany();
    loop.takesTasks = 1;
    publish(event(Audience.of(everybody())));
    assertThat(supervisor.failures().count(Place.HAND_OVER)).isEqualTo(1);
    assertThatAllButOneHaveRead(null, 1);
  }

  // ---- The timer ----

  private void passASecond() {
    timer.advanceTimeBy(1, TimeUnit.SECONDS);
    timer.runScheduledPendingTasks();
    settle();
  }

  @Test
  void theTimerGoesOnWhateverItsTaskThrows() {
    int[] runs = {0};
    onClock =
        () -> {
          runs[0]++;
          throw new OutOfMemoryError();
        };
    passASecond();
    passASecond();
    passASecond();
    assertThat(runs[0]).isEqualTo(3);
    assertThat(supervisor.failures().count(Place.EXPIRY)).isEqualTo(3);
  }

  @Test
  void aTimerThatIsKilledIsSeen() {
    onClock =
        () -> {
          throw new ThreadDeath();
        };
    passASecond();
    assertThat(supervisor.problem()).isEqualTo("the thread herald-expiry has ended");
    assertThat(registry.get("herald.thread.alive").gauge().value()).isZero();
  }

  @Test
  void aTimerThatStandsStillIsSeenUntilItMoves() {
    passASecond();
    supervisedNanos = TimeUnit.SECONDS.toNanos(42);
    assertThat(supervisor.problem()).isEqualTo("the thread herald-expiry has not moved for 42 s");
    passASecond();
    assertThat(supervisor.problem()).isNull();
  }

  @Test
  void theEndOfTheTimersOwnThreadIsSeenUnlessItIsMeant() throws Exception {
    Thread before = Thread.currentThread();
    Thread[] expiry = {before};
    try (Dispatcher other =
        new Dispatcher(
            LIMITS,
            new PositionJournal(false),
            meters,
            () -> {
              expiry[0] = Thread.currentThread();
              throw new ThreadDeath();
            },
            () -> Instant.EPOCH,
            supervisor)) {
      assertThat(other).isNotNull();
      Eventually.holds("its end is seen", 20, () -> supervisor.problem() != null);
      assertThat(expiry[0]).isNotEqualTo(before);
    }
    Supervisor calm = new Supervisor(new Meters(new SimpleMeterRegistry()).supervision(), () -> 0);
    new Dispatcher(LIMITS, new PositionJournal(false), meters, () -> 0, () -> Instant.EPOCH, calm)
        .close();
    assertThat(calm.problem()).isNull();
  }
}
