/**
 * The stream of NATS JetStream between relays and instances: what both sides need.
 *
 * <p>{@link herald.gateway.stream.StreamConnection} keeps the connection, as {@code ClientOptions}
 * and {@code NameCheckedTls} say. {@link herald.gateway.stream.StreamMessage} is what is in the
 * stream, and {@link herald.gateway.stream.StreamCodec} its form in bytes; {@code MessageParts}
 * cuts a large message into parts and puts them together. {@link
 * herald.gateway.stream.StreamReader} reads the stream in order, through an {@code
 * OrderedConsumer}, and a {@code MessageHandover} tells a {@link
 * herald.gateway.stream.StreamListener} what its messages carry. {@code StreamCheck} and {@code
 * StreamRules} say what is wrong with the engine and with the stream.
 *
 * <p>An instance reads the stream by {@link herald.gateway.stream.StreamFeed}: {@code StreamEvents}
 * publishes what comes, with {@code StreamPast} for what was there before, {@code StreamPlaces}
 * tells the exchange of marks, {@code StreamAlone} leaves out what comes again after a loss, {@code
 * StreamHealth} says whether it comes as it should, and {@code StreamBus} carries what instances
 * tell each other.
 *
 * <p>{@code Fallback} has the database's notifications read while the stream is away, and {@code
 * SourceSwitch} lets one of the two into the event log, each event once. {@code FallbackRule} and
 * {@code ReturnRule} say when the source changes.
 */
@NullMarked
package herald.gateway.stream;

import org.jspecify.annotations.NullMarked;
