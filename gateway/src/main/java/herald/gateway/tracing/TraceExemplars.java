package herald.gateway.tracing;

import io.netty.util.concurrent.FastThreadLocal;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/**
 * Tells the metrics library which trace a value belongs to that this thread is recording, so that
 * the histograms have it as an exemplar in the OpenMetrics format. Any thread; none waits.
 */
public final class TraceExemplars implements io.prometheus.metrics.tracer.common.SpanContext {
  private final FastThreadLocal<@Nullable SpanContext> ofThisThread = new FastThreadLocal<>();

  /** Records values that belong to a trace. */
  void record(SpanContext trace, Runnable recording) {
    ofThisThread.set(trace);
    try {
      recording.run();
    } finally {
      ofThisThread.remove();
    }
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    SpanContext trace = ofThisThread.get();
    return trace == null ? null : trace.getTraceId();
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    SpanContext trace = ofThisThread.get();
    return trace == null ? null : trace.getSpanId();
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return ofThisThread.get() != null;
  }

  @Override
  public void markCurrentSpanAsExemplar() {
    // All traces are sent.
  }
}
