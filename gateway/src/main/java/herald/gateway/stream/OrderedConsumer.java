package herald.gateway.stream;

import herald.gateway.config.StreamSettings;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.impl.NatsJetStreamMetaData;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of the stream in the engine's memory that acknowledges nothing, as an ordered consumer
 * of the client library is. The library's own begins again by itself when something is missing, and
 * waits for ever if the stream was made anew; {@link StreamReader} has to know of both, and so
 * looks at the sequence itself.
 */
final class OrderedConsumer implements AutoCloseable {
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** The engine forgets a consumer that nobody listens to. */
  private static final Duration INACTIVE = Duration.ofSeconds(30);

  /** The engine sends less than this before it hears that it was read. */
  private static final long MAX_PENDING_BYTES = 256L << 20;

  private final JetStreamSubscription subscription;
  private final long generation;

  /** The number that the engine has given to the last message; it counts what it sends. */
  private long lastSent;

  private OrderedConsumer(JetStreamSubscription subscription, long generation) {
    this.subscription = subscription;
    this.generation = generation;
  }

  /**
   * Begins to receive.
   *
   * @param generation of the connection
   * @param sequence the first message; if it is 0, the first that was stored since {@code from}
   */
  static OrderedConsumer open(
      Connection connection, long generation, StreamSettings settings, long sequence, Instant from)
      throws IOException {
    ConsumerConfiguration.Builder consumer =
        ConsumerConfiguration.builder()
            .ackPolicy(AckPolicy.None)
            .maxDeliver(1)
            .flowControl(HEARTBEAT)
            .inactiveThreshold(INACTIVE)
            .memStorage(true)
            .numReplicas(1);
    if (sequence > 0) {
      consumer.deliverPolicy(DeliverPolicy.ByStartSequence).startSequence(sequence);
    } else {
      consumer.deliverPolicy(DeliverPolicy.ByStartTime).startTime(from.atZone(ZoneOffset.UTC));
    }
    PushSubscribeOptions options =
        PushSubscribeOptions.builder().stream(settings.name())
            .configuration(consumer.build())
            .pendingMessageLimit(0)
            .pendingByteLimit(MAX_PENDING_BYTES)
            .build();
    try {
      return new OrderedConsumer(
          StreamApi.jetStream(connection).subscribe(settings.eventSubject(), options), generation);
    } catch (JetStreamApiException e) {
      throw new IOException(StreamApi.sentence(settings, e), e);
    }
  }

  /** Of which connection it is. */
  long generation() {
    return generation;
  }

  /** The next message; null if none comes in this time. */
  @Nullable Message next(long timeoutMillis) throws InterruptedException {
    return subscription.nextMessage(timeoutMillis);
  }

  /** Whether something has come that was not taken. */
  boolean hasMore() {
    return subscription.getPendingMessageCount() > 0;
  }

  /** Takes note of a message; whether none has been lost on the way between it and the last one. */
  boolean hasAllBefore(NatsJetStreamMetaData data) {
    long before = lastSent;
    lastSent = data.consumerSequence();
    return lastSent == before + 1;
  }

  @Override
  public void close() {
    try {
      subscription.unsubscribe();
    } catch (IllegalStateException e) {
      // The connection is closed, and with it this.
    }
  }
}
