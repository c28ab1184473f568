package herald.gateway.tracing;

import herald.gateway.config.TracingSettings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Traces of the oldest event of some batches: one span for the whole way, from the commit until the
 * first event loop has written the batch, and within it one for each stage that the histogram
 * {@code herald_push_stage_seconds} has.
 *
 * <p>A trace begins on the fetch thread and ends on an event loop. What no connection concerned is
 * never written and so never sent; of these a bounded number is kept. Times are those of {@code
 * System.nanoTime}. Any thread.
 */
public final class PushTraces implements AutoCloseable {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("herald.method");
  private static final AttributeKey<String> EVENT = AttributeKey.stringKey("herald.event.id");
  private static final AttributeKey<Long> EVENTS = AttributeKey.longKey("herald.batch.events");
  private static final int MAX_OPEN = 64;

  private final SpanExport export;
  private final Tracer tracer;
  private final double ratio;
  private final DoubleSupplier random;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final TraceExemplars exemplars = new TraceExemplars();

  /** Begun and not written yet, the oldest first. Guarded by itself. */
  private final ArrayDeque<Begun> open = new ArrayDeque<>();

  /** How many are open, so that event loops need no lock while there is none. */
  private volatile int openCount;

  /**
   * The way of an event until it is published.
   *
   * @param method the rpc log's method
   * @param eventId the event's id; empty if it has none
   * @param events how many were published with it
   * @param committedAtNanos by its writer's clock
   * @param receivedAtNanos when the notification came
   * @param readAtNanos when its row had been read
   * @param encodedAtNanos when its batch had been encoded
   */
  public record Begun(
      String method,
      String eventId,
      int events,
      long committedAtNanos,
      long receivedAtNanos,
      long readAtNanos,
      long encodedAtNanos) {}

  PushTraces(
      SpanExport export,
      double ratio,
      DoubleSupplier random,
      InstantSource clock,
      LongSupplier nanoClock) {
    this.export = export;
    tracer = export.tracer();
    this.ratio = ratio;
    this.random = random;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /** The traces that are asked for; null if none are. */
  public static @Nullable PushTraces createIfOn(TracingSettings settings, String version) {
    URI endpoint = settings.endpoint();
    return endpoint == null
        ? null
        : new PushTraces(
            SpanExport.to(endpoint, version),
            settings.ratio(),
            () -> ThreadLocalRandom.current().nextDouble(),
            Clock.systemUTC(),
            System::nanoTime);
  }

  /** Whether the next batch is to be traced. Fetch thread. */
  public boolean isNext() {
    return random.getAsDouble() < ratio;
  }

  /** A batch is about to be published. Fetch thread. */
  public void begin(Begun begun) {
    synchronized (open) {
      if (open.size() == MAX_OPEN) {
        open.remove();
      }
      open.add(begun);
      openCount = open.size();
    }
  }

  /**
   * An event loop has written a batch.
   *
   * @param committedAtNanos that of the batch's oldest event
   * @param recording records its times, which belong to the trace if this ends one
   */
  public void onWritten(long committedAtNanos, long writtenAtNanos, Runnable recording) {
    Begun begun = openCount == 0 ? null : take(committedAtNanos);
    if (begun == null) {
      recording.run();
    } else {
      exemplars.record(send(begun, writtenAtNanos), recording);
    }
  }

  /** Tells which trace a value belongs to that is being recorded. */
  public TraceExemplars exemplars() {
    return exemplars;
  }

  private @Nullable Begun take(long committedAtNanos) {
    synchronized (open) {
      for (Begun begun : open) {
        if (begun.committedAtNanos() == committedAtNanos) {
          open.remove(begun);
          openCount = open.size();
          return begun;
        }
      }
      return null;
    }
  }

  private SpanContext send(Begun begun, long writtenAtNanos) {
    long offsetNanos = epochNanos(clock.instant()) - nanoClock.getAsLong();
    Span whole =
        at(
                tracer.spanBuilder("push " + begun.method()),
                Math.min(begun.committedAtNanos(), writtenAtNanos) + offsetNanos)
            .setNoParent()
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute(METHOD, begun.method())
            .setAttribute(EVENT, begun.eventId())
            .setAttribute(EVENTS, (long) begun.events())
            .startSpan();
    Context in = Context.root().with(whole);
    stage("notification", in, begun.committedAtNanos(), begun.receivedAtNanos(), offsetNanos);
    stage("fetch", in, begun.receivedAtNanos(), begun.readAtNanos(), offsetNanos);
    stage("encode", in, begun.readAtNanos(), begun.encodedAtNanos(), offsetNanos);
    stage("write", in, begun.encodedAtNanos(), writtenAtNanos, offsetNanos);
    whole.end(writtenAtNanos + offsetNanos, TimeUnit.NANOSECONDS);
    return whole.getSpanContext();
  }

  private void stage(String name, Context in, long fromNanos, long toNanos, long offsetNanos) {
    // The writer's clock may be ahead: no span ends before it begins.
    at(tracer.spanBuilder(name).setParent(in), Math.min(fromNanos, toNanos) + offsetNanos)
        .startSpan()
        .end(toNanos + offsetNanos, TimeUnit.NANOSECONDS);
  }

  private static SpanBuilder at(SpanBuilder span, long epochNanos) {
    return span.setStartTimestamp(epochNanos, TimeUnit.NANOSECONDS);
  }

  private static long epochNanos(Instant instant) {
    return ChronoUnit.NANOS.between(Instant.EPOCH, instant);
  }

  /** Sends what waits, for a moment. */
  @Override
  public void close() {
    export.close();
  }
}
