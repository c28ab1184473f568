/**
 * The stream of NATS JetStream between relays and instances: what both sides need.
 *
 * <p>{@link herald.gateway.stream.StreamConnection} keeps the connection, as {@code ClientOptions}
 * and {@code NameCheckedTls} say. {@link herald.gateway.stream.StreamMessage} is what is in the
 * stream, and {@link herald.gateway.stream.StreamCodec} its form in bytes, for which it uses {@code
 * ByteWriter} and {@code ByteSource}; {@code MessageParts} cuts a large message into parts and puts
 * them together. {@link herald.gateway.stream.StreamReader} reads the stream in order and tells a
 * {@link herald.gateway.stream.StreamListener}.
 */
@NullMarked
package herald.gateway.stream;

import org.jspecify.annotations.NullMarked;
