/**
 * Every meter, declared in one place with name, unit and help text. {@link
 * herald.gateway.metrics.Meters} has one class for each subject: {@link
 * herald.gateway.metrics.HandshakeMeters}, {@link herald.gateway.metrics.ConnectionMeters}, {@link
 * herald.gateway.metrics.FeedMeters}, {@link herald.gateway.metrics.PushMeters}, {@link
 * herald.gateway.metrics.MemoryMeters}, {@link herald.gateway.metrics.ExchangeMeters}, {@link
 * herald.gateway.metrics.SupervisionMeters} and {@code ProcessMeters}. {@code MeterFactory} makes
 * the meters, and an {@code EnumCounter} is one for each constant of an enum.
 */
@NullMarked
package herald.gateway.metrics;

import org.jspecify.annotations.NullMarked;
