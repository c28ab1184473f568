package herald.gateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.GatewayConfig;
import herald.gateway.config.TransportKind;
import herald.gateway.config.TransportSettings;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.MemoryLimits;
import herald.gateway.fanout.PositionJournal;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.Supervisor;
import herald.gateway.testing.TestGateway.Eventually;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real event loops that end, stand still, or have a handler that throws. */
class EventLoopsTest {
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AtomicLong aheadNanos = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Meters meters = new Meters(registry);
  private final Supervisor supervisor = new Supervisor(meters.supervision(), this::nowNanos);
  private final Dispatcher dispatcher =
      new Dispatcher(
          new MemoryLimits(MINUTE_NANOS, 1 << 20, MINUTE_NANOS, 10),
          new PositionJournal(false),
          meters,
          System::nanoTime,
          InstantSource.system(),
          supervisor);
  private final EventLoops loops =
      new EventLoops(
          GatewayConfig.defaults(DatabaseUrl.parse("postgresql://nobody@127.0.0.1/none"))
              .toBuilder()
              .transport(new TransportSettings(TransportKind.NIO, 2, false))
              .build(),
          Transport.choose(TransportKind.NIO),
          dispatcher,
          request -> new CompletableFuture<>(),
          meters,
          new ConnectionCounts(meters, () -> 0),
          supervisor,
          System::nanoTime);
  private final CountDownLatch go = new CountDownLatch(1);

  @AfterEach
  void close() {
    go.countDown();
    loops.close();
    dispatcher.close();
  }

  private long nowNanos() {
    return System.nanoTime() + aheadNanos.get();
  }

  private EventExecutor loop(int index) {
    Iterator<EventExecutor> all = loops.group().iterator();
    for (int i = 0; i < index; i++) {
      all.next();
    }
    return all.next();
  }

  private double alive(String thread) {
    return registry.get("herald.thread.alive").tag("thread", thread).gauge().value();
  }

  private Set<Thread> threadsOfALoopTask() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    loops.onEach(loop -> threads.add(Thread.currentThread()));
    return threads;
  }

  @Test
  void theEndOfALoopIsAProblemAndTheOthersAreStillReached() throws Exception {
    assertThat(supervisor.problem()).isNull();
    loop(1).shutdownGracefully(0, 0, TimeUnit.SECONDS).await();
    Eventually.holds("the end is noticed", 20, () -> supervisor.problem() != null);
    assertThat(supervisor.problem()).isEqualTo("the thread herald-loop-2 has ended");
    assertThat(alive("herald-loop-2")).isZero();
    assertThat(alive("herald-loop-1")).isEqualTo(1);
    Set<Thread> reached = threadsOfALoopTask();
    Eventually.holds("the other loop is reached", 20, () -> reached.size() == 1);
    assertThat(supervisor.failures().count(Place.LOOP)).as("of the one that is gone").isPositive();
  }

  @Test
  void aLoopThatStandsStillIsAProblemUntilItMoves() throws Exception {
    CountDownLatch stands = new CountDownLatch(1);
    loop(0)
        .execute(
            () -> {
              stands.countDown();
              awaitQuietly(go);
            });
    assertThat(stands.await(20, TimeUnit.SECONDS)).isTrue();
    aheadNanos.addAndGet(TimeUnit.SECONDS.toNanos(42));
    Eventually.holds(
        "the other loop beats, and this one does not",
        20,
        () ->
            String.valueOf(supervisor.problem())
                .matches("the thread herald-loop-1 has not moved for 4\\d s"));
    go.countDown();
    Eventually.holds("it moves again", 20, () -> supervisor.problem() == null);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Throws with each tick, and can't be ended. */
  private static final class Stubborn extends TimedHandler {
    @Override
    long onTime(long nowNanos) {
      throw new StackOverflowError();
    }

    @Override
    void onFailure() {
      throw new OutOfMemoryError();
    }
  }

  @Test
  void theTimerOfALoopGoesOnWhateverAHandlerThrows() throws Exception {
    loops.onEach(loop -> loop.wheel().schedule(new Stubborn(), loop.nowNanos()));
    // Each tick counts the task and the end, on two loops.
    Eventually.holds(
        "there are further ticks", 20, () -> supervisor.failures().count(Place.TIMER) >= 8);
    assertThat(supervisor.problem()).isNull();
  }

  @Test
  void eachLoopIsToldThatDirectWritesAreSwitchedOff() {
    assertThat(loops.contexts().values()).hasSize(2).noneMatch(LoopContext::directWrites);
  }

  @Test
  void theOrderlyEndIsNoProblem() {
    loops.close();
    assertThat(supervisor.problem()).isNull();
  }
}
