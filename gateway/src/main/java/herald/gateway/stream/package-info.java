/**
 * The stream of NATS JetStream between relays and instances: what both sides need.
 *
 * <p>{@link herald.gateway.stream.StreamConnection} keeps the connection, as {@code ClientOptions}
 * and {@code NameCheckedTls} say. {@link herald.gateway.stream.StreamMessage} is what is in the
 * stream, and {@link herald.gateway.stream.StreamCodec} its form in bytes; {@code MessageParts}
 * cuts a large message into parts and puts them together. {@link
 * herald.gateway.stream.StreamReader} reads the stream in order, through an {@code
 * OrderedConsumer}, and tells a {@link herald.gateway.stream.StreamListener}. {@code StreamCheck}
 * and {@code StreamRules} say what is wrong with the engine and with the stream.
 *
 * <p>An instance reads the stream by {@link herald.gateway.stream.StreamFeed}: {@code StreamEvents}
 * publishes what comes, {@code StreamHealth} says whether it comes as it should, and {@code
 * StreamBus} carries what instances tell each other.
 */
@NullMarked
package herald.gateway.stream;

import org.jspecify.annotations.NullMarked;
