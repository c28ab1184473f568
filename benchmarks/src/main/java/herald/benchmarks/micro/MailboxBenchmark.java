package herald.benchmarks.micro;

import herald.gateway.events.Audience;
import herald.gateway.events.Cursor;
import herald.gateway.events.Event;
import herald.gateway.events.EventLog;
import herald.gateway.events.Mailboxes;
import herald.gateway.metrics.Meters;
import herald.gateway.supervision.IsolatedFailures;
import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
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
  private static final long HORIZON_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LOG_BYTES = 1 << 24;

  private final EncodedEvent encoded = EventEncoder.rpc("{\"method\":\"chat.message\"}", 1, 0);
  private final Audience audience = Audience.of(USER);
  private EventLog log;
  private Mailboxes mailboxes;
  private Cursor cursor;
  private long batch;

  /** One user with one connection. */
  @Setup
  public void setUp() {
    log = new EventLog(HORIZON_NANOS, LOG_BYTES);
    IsolatedFailures failures =
        new IsolatedFailures(new Meters(new SimpleMeterRegistry()).supervision(), System::nanoTime);
    mailboxes = new Mailboxes(log, 0, HORIZON_NANOS, 1_000, failures);
    cursor = new Cursor(USER, Cursor.NO_AFTER, Runnable::run, now -> {});
    mailboxes.open(cursor, System.nanoTime(), Instant.EPOCH);
    cursor.enter();
  }

  /** Appended, delivered, read. */
  @Benchmark
  public void appendDeliverRead(Blackhole blackhole) {
    Event event = new Event(encoded, audience, 0, 0);
    log.append(event, System.nanoTime());
    mailboxes.deliver(event, ++batch, blackhole::consume);
    blackhole.consume(cursor.peek());
    cursor.advance();
  }
}
