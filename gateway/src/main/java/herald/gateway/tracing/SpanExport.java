package herald.gateway.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * The library's way out for spans: a bounded queue, and a thread of the library's own that sends
 * them. A collector that is away costs the spans, which the library logs, and nothing else.
 */
final class SpanExport implements AutoCloseable {
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");
  private static final AttributeKey<String> INSTANCE =
      AttributeKey.stringKey("service.instance.id");
  private static final long CLOSE_SECONDS = 2;

  private final SdkTracerProvider provider;

  SpanExport(SpanProcessor processor, String version) {
    provider =
        SdkTracerProvider.builder()
            .addSpanProcessor(processor)
            .setResource(
                Resource.create(
                    Attributes.of(
                        SERVICE,
                        "herald",
                        VERSION,
                        version,
                        INSTANCE,
                        UUID.randomUUID().toString())))
            .build();
  }

  /** Sends spans to this address. */
  static SpanExport to(URI endpoint, String version) {
    return new SpanExport(
        BatchSpanProcessor.builder(
                OtlpHttpSpanExporter.builder().setEndpoint(endpoint.toString()).build())
            .build(),
        version);
  }

  Tracer tracer() {
    return provider.get("herald");
  }

  /** Sends what waits, for a moment. */
  @Override
  public void close() {
    var unused = provider.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
