package herald.gateway.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PushTracesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final long NOW_NANOS = NOW.getEpochSecond() * 1_000_000_000L;
  private static final int MORE_THAN_ARE_KEPT = 65;

  private final Sent sent = new Sent();
  private double random = 0.5;
  private final PushTraces traces =
      new PushTraces(
          new SpanExport(SimpleSpanProcessor.create(sent), "1.2.3"),
          0.1,
          () -> random,
          InstantSource.fixed(NOW),
          () -> 1_000);

  /** What would be sent to a collector. */
  private static final class Sent implements SpanExporter {
    private final List<SpanData> spans = new ArrayList<>();

    @Override
    public CompletableResultCode export(Collection<SpanData> more) {
      spans.addAll(more);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private void begin(long committedAtNanos) {
    traces.begin(new PushTraces.Begun("chat.message", "id", 3, committedAtNanos, 300, 500, 600));
  }

  @Test
  void oneInSoManyIsTraced() {
    assertThat(traces.isNext()).isFalse();
    random = 0.09;
    assertThat(traces.isNext()).isTrue();
  }

  @Test
  void theStagesAreParts() {
    begin(100);
    String[] during = new String[1];
    traces.onWritten(100, 900, () -> during[0] = traces.exemplars().getCurrentTraceId());
    assertThat(sent.spans)
        .extracting(
            SpanData::getName,
            span -> span.getStartEpochNanos() - NOW_NANOS,
            span -> span.getEndEpochNanos() - NOW_NANOS)
        .containsExactly(
            tuple("notification", -900L, -700L),
            tuple("fetch", -700L, -500L),
            tuple("encode", -500L, -400L),
            tuple("write", -400L, -100L),
            tuple("push chat.message", -900L, -100L));
    SpanData whole = sent.spans.get(4);
    assertThat(sent.spans.subList(0, 4))
        .allSatisfy(
            stage -> {
              assertThat(stage.getTraceId()).isEqualTo(whole.getTraceId());
              assertThat(stage.getParentSpanId()).isEqualTo(whole.getSpanId());
            });
    assertThat(whole.getParentSpanContext().isValid()).isFalse();
    assertThat(whole.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(whole.getAttributes().asMap())
        .containsOnly(
            entry(AttributeKey.stringKey("herald.method"), "chat.message"),
            entry(AttributeKey.stringKey("herald.event.id"), "id"),
            entry(AttributeKey.longKey("herald.batch.events"), 3L));
    assertThat(during[0]).as("the exemplar").isEqualTo(whole.getTraceId());
    assertThat(traces.exemplars().getCurrentTraceId()).isNull();
    assertThat(whole.getResource().getAttributes().asMap().toString()).contains("herald", "1.2.3");
  }

  @Test
  void whatAnotherThreadRecordsMeanwhileBelongsToNone() {
    begin(100);
    String[] ids = {"", ""};
    Runnable look = () -> ids[1] = String.valueOf(traces.exemplars().getCurrentTraceId());
    traces.onWritten(
        100,
        900,
        () -> {
          ids[0] = String.valueOf(traces.exemplars().getCurrentTraceId());
          CompletableFuture.runAsync(look).join();
        });
    assertThat(ids[0]).isEqualTo(sent.spans.get(4).getTraceId());
    assertThat(ids[1]).isEqualTo("null");
  }

  /** The writer's clock is ahead. */
  @Test
  void noSpanEndsBeforeItBegins() {
    begin(5_000);
    traces.onWritten(5_000, 900, () -> {});
    assertThat(sent.spans)
        .hasSize(5)
        .allSatisfy(
            span ->
                assertThat(span.getStartEpochNanos()).isLessThanOrEqualTo(span.getEndEpochNanos()));
  }

  @Test
  void eachEndsOnceAndOthersEndNone() {
    begin(100);
    int[] recorded = new int[1];
    traces.onWritten(101, 900, () -> recorded[0]++);
    assertThat(sent.spans).isEmpty();
    traces.onWritten(100, 900, () -> recorded[0]++);
    traces.onWritten(100, 950, () -> recorded[0]++);
    assertThat(sent.spans).hasSize(5);
    assertThat(recorded[0]).isEqualTo(3);
  }

  @Test
  void ofThoseThatNobodyWritesABoundedNumberIsKept() {
    for (int i = 0; i < MORE_THAN_ARE_KEPT; i++) {
      begin(i);
    }
    traces.onWritten(0, 900, () -> {});
    assertThat(sent.spans).as("the oldest has gone").isEmpty();
    traces.onWritten(1, 900, () -> {});
    assertThat(sent.spans).hasSize(5);
  }
}
