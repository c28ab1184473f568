/**
 * A relay: from the database into a stream of NATS JetStream, which any number of instances read.
 * Several relays run at once, and one of them publishes.
 *
 * <p>{@link herald.gateway.relay.RelayProcess} puts the parts together. {@code RelayReading} is
 * told what stands in the stream; when it has been read, {@code RelayFeed} has the feed begin at
 * the last mark, and {@code StreamMaker} makes the stream if that was asked for. {@code RelayQueue}
 * holds what the feed has handed over, each a {@code QueuedMessage}, until it stands in the stream:
 * {@code RowsInStream} knows what does, by {@link herald.gateway.stream.PublishedEvents}, and what
 * came to nothing with another relay, by {@code SettledRows}; {@code RelayDuty} knows whether this
 * relay publishes. {@code RelayPublisher} writes, over {@code StreamPublishing}, which {@code
 * NatsPublishing} carries out.
 *
 * <p>When the stream has lost its end, as {@code RelayReading} and {@code AcknowledgedMessages}
 * find out, the queue forgets what stands there, and another {@link herald.gateway.feed.PartFeed}
 * begins, with a {@code RelayTarget} of its own.
 */
@NullMarked
package herald.gateway.relay;

import org.jspecify.annotations.NullMarked;
