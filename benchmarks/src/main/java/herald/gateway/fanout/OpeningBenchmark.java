package herald.gateway.fanout;

import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.roaringbitmap.RoaringBitmap;

/** For how long a connection that opens and closes holds the dispatch lock. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class OpeningBenchmark {
  private static final int USER = 7;
  private static final int OTHER = 8;
  private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);

  private final EncodedEvent encoded =
      EventEncoder.rpc(EventId.of("sig", 0), "{\"method\":\"chat.blast\"}", 1, 0);

  /** Broadcasts in the log, none of which concerns the user. */
  @Param({"0", "1000", "100000"})
  private int broadcasts;

  private Mailboxes mailboxes;
  private long nowNanos;

  /** A log that keeps all, and a connection of the user that has confirmed nothing. */
  @Setup
  public void setUp() {
    nowNanos = System.nanoTime();
    EventLog.Writer log = new EventLog.Writer(LONG_NANOS, Long.MAX_VALUE);
    Meters meters = new Meters(new SimpleMeterRegistry());
    IsolatedFailures failures = new IsolatedFailures(meters.supervision(), System::nanoTime);
    CursorFailures cursorFailures = new CursorFailures(failures);
    MemoryLimits limits = new MemoryLimits(LONG_NANOS, Long.MAX_VALUE, LONG_NANOS, 1_000);
    mailboxes =
        new Mailboxes(log, limits, new PositionJournal(false), new MemoryFigures(), failures);
    Batch batch =
        new Batch(
            loop -> new LoopCursors(loop, meters.push(), System::nanoTime, cursorFailures),
            cursorFailures);
    mailboxes.open(cursor(), nowNanos, Instant.EPOCH);
    Audience audience = Audience.of(RoaringBitmap.bitmapOf(OTHER));
    for (int i = 0; i < broadcasts; i++) {
      Event event = new Event(encoded, audience, i, RowOrder.committedAt(0));
      log.append(event, nowNanos);
      var unused = mailboxes.index(event, batch);
    }
  }

  private static Cursor cursor() {
    return new Cursor(Subscriber.of(USER), task -> {}, now -> {});
  }

  /** Opened at the oldest event, and closed. */
  @Benchmark
  public void openAndClose(Blackhole blackhole) {
    Cursor cursor = cursor();
    blackhole.consume(mailboxes.open(cursor, nowNanos, Instant.EPOCH));
    mailboxes.close(cursor, nowNanos);
  }
}
