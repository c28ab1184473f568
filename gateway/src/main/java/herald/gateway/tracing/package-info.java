/**
 * Sends the way of some events, from the commit to the write, to a collector of OpenTelemetry. Off
 * by default.
 *
 * <p>{@code PushTraces} chooses batches of events and puts the stages together that the feed and
 * the event loops measure anyway; {@code SpanExport} gives the spans to the library that sends
 * them, and {@code TraceExemplars} names them to the histograms.
 */
@NullMarked
package herald.gateway.tracing;

import org.jspecify.annotations.NullMarked;
