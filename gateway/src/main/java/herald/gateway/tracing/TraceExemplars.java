package herald.gateway.tracing;

import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * Tells the metrics library which trace a value belongs to that is being recorded, so that the
 * histograms have it as an exemplar in the OpenMetrics format. One thread at a time records values
 * of a trace; what others record meanwhile belongs to none.
 */
public final class TraceExemplars implements io.prometheus.metrics.tracer.common.SpanContext {
  private volatile @Nullable Current current;

  private record Current(Thread thread, SpanContext trace) {}

  /** Records values that belong to a trace. Any thread; waits for another that does the same. */
  synchronized void record(SpanContext trace, Runnable recording) {
    current = new Current(Thread.currentThread(), trace);
    try {
      recording.run();
    } finally {
      current = null;
    }
  }

  private @Nullable SpanContext ofThisThread() {
    Current found = current;
    return found == null || found.thread() != Thread.currentThread() ? null : found.trace();
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    SpanContext trace = ofThisThread();
    return trace == null ? null : trace.getTraceId();
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    SpanContext trace = ofThisThread();
    return trace == null ? null : trace.getSpanId();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return ofThisThread() != null;
  }

  @Override
  public void markCurrentSpanAsExemplar() {
    // All traces are sent.
  }
}
