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
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** One event through the log and a mailbox to a cursor: all of the hot path but the socket. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls setUp first
public class MailboxBenchmark {
  private static final int USER = 7;
  private static final long RETENTION_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LOG_BYTES = 1 << 24;

  private final EncodedEvent encoded =
      EventEncoder.rpc(EventId.of("sig", 0), "{\"method\":\"chat.message\"}", 1, 0);
  private final Audience audience = Audience.of(USER);
  private EventLog.Writer log;
  private Mailboxes mailboxes;
  private Cursor cursor;
  private Batch batch;

  /** One user with one connection. */
  @Setup
  public void setUp() {
    log = new EventLog.Writer(RETENTION_NANOS, LOG_BYTES);
    Meters meters = new Meters(new SimpleMeterRegistry());
    IsolatedFailures failures = new IsolatedFailures(meters.supervision(), System::nanoTime);
    CursorFailures cursorFailures = new CursorFailures(failures);
    MemoryLimits limits = new MemoryLimits(RETENTION_NANOS, LOG_BYTES, 0, 1_000);
    mailboxes =
        new Mailboxes(log, limits, new PositionJournal(false), new MemoryFigures(), failures);
    batch =
        new Batch(
            loop -> new LoopCursors(loop, meters.push(), System::nanoTime, cursorFailures),
            cursorFailures);
    cursor = new Cursor(Subscriber.of(USER), task -> {}, now -> {});
    cursor.start(mailboxes.open(cursor, System.nanoTime(), Instant.EPOCH), 0);
  }

  /** Appended, indexed, read. */
  @Benchmark
  public void appendIndexRead(Blackhole blackhole) {
    Event event = new Event(encoded, audience, 0, RowOrder.committedAt(0));
    batch.begin();
    log.append(event, System.nanoTime());
    var unused = mailboxes.index(event, batch);
    batch.send(false, 0, 0);
    blackhole.consume(cursor.peek());
    cursor.advance();
  }
}
