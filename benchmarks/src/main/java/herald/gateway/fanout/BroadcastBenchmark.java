package herald.gateway.fanout;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.Supervisor;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.roaringbitmap.RoaringBitmap;

/**
 * What a broadcast costs an event loop with 100,000 connections, by how many of them it concerns.
 * Nothing is written: it is what finding those concerned costs, and what the others cost.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class BroadcastBenchmark {
  private static final long RETENTION_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LOG_BYTES = 1 << 28;

  /** Connections of one event loop, each of a user of its own. */
  @Param({"100000"})
  public int connections;

  /** How many of them the broadcast concerns. Beyond an eighth all are woken. */
  @Param({"0", "1000", "12500", "12600", "100000"})
  public int concerned;

  private final EncodedEvent encoded =
      EventEncoder.rpc(EventId.of("sig", 0), "{\"method\":\"chat.blast\"}", 1, 0);
  private final Meters meters = new Meters(new SimpleMeterRegistry());
  private final EmbeddedChannel timer = new EmbeddedChannel();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Executor loop = tasks::add;
  private Dispatcher dispatcher;
  private Audience audience;

  /** Reads at once what there is. */
  private static final class Reader implements CursorOwner {
    private final Cursor cursor;

    private Reader(int user, Executor loop) {
      cursor = new Cursor(Subscriber.of(user), loop, this);
    }

    @Override
    public void onWake(long nowNanos) {
      while (cursor.peek() != null) {
        cursor.advance();
      }
    }
  }

  /** Connects all. */
  @Setup
  public void setUp() {
    dispatcher =
        new Dispatcher(
            new MemoryLimits(RETENTION_NANOS, LOG_BYTES, 0, 1_000),
            new PositionJournal(false),
            meters,
            System::nanoTime,
            InstantSource.system(),
            new Supervisor(meters.supervision(), System::nanoTime),
            timer.eventLoop());
    RoaringBitmap users = new RoaringBitmap();
    for (int user = 1; user <= connections; user++) {
      dispatcher.open(new Reader(user, loop).cursor);
      if (user <= concerned) {
        users.add(user);
      }
    }
    // More users than a message may have in its mailboxes, whoever is connected.
    users.add(2L * connections, 2L * connections + 1_000);
    audience = Audience.of(users);
    runTasks();
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** From the dispatcher to those whom it concerns. */
  @Benchmark
  public void publish() {
    dispatcher.publish(
        List.of(new Event(encoded, audience, 0, RowOrder.committedAt(System.nanoTime()))));
    runTasks();
  }

  /**
   * The same, with what follows once a second, however many broadcasts there were: all others pass
   * what was published since.
   */
  @Benchmark
  public void publishAndWalkOfASecond() {
    publish();
    timer.advanceTimeBy(1, TimeUnit.SECONDS);
    timer.runScheduledPendingTasks();
    runTasks();
  }

  /** Ends the timer. */
  @TearDown
  public void tearDown() {
    timer.finishAndReleaseAll();
  }
}
