package herald.gateway.relay;

import herald.gateway.config.RelaySettings;
import herald.gateway.config.StreamSettings;
import herald.gateway.logging.Field;
import herald.gateway.logging.IntervalLog;
import herald.gateway.stream.StreamApi;
import herald.gateway.stream.StreamConnection;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the stream as it should be, kept in files, the oldest messages discarded by age and by
 * size, no message refused because it is full; and changes one that is not, but for its storage and
 * the kind of its retention, which the engine does not change. One thread at a time.
 */
final class StreamMaker {
  private static final Logger LOG = LoggerFactory.getLogger(StreamMaker.class);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final StreamConnection connection;
  private final RelaySettings relay;
  private final IntervalLog errors = new IntervalLog(LOG);
  private long madeFor;

  /** After a failure it is not tried again before. */
  private long nextTryNanos = System.nanoTime();

  StreamMaker(StreamConnection connection, RelaySettings relay) {
    this.connection = connection;
    this.relay = relay;
  }

  /**
   * Makes the stream if that was asked for, and for each connection once, or if it is not there.
   */
  void makeIfWanted(@Nullable String problem) {
    long generation = connection.generation();
    Connection now = connection.connected();
    if (!relay.createsStream()
        || now == null
        || (generation == madeFor && problem == null)
        || System.nanoTime() - nextTryNanos < 0) {
      return;
    }
    nextTryNanos = System.nanoTime() + RETRY_NANOS;
    try {
      make(StreamApi.management(now));
      madeFor = generation;
    } catch (JetStreamApiException e) {
      errors.warn("the stream can't be made: " + e.getErrorDescription());
    } catch (IOException | IllegalStateException e) {
      errors.warn("the stream can't be made: " + StreamApi.unanswered("what became of it", now, e));
    }
  }

  private void make(JetStreamManagement management) throws IOException, JetStreamApiException {
    StreamSettings settings = connection.settings();
    StreamConfiguration wanted =
        StreamConfiguration.builder()
            .name(settings.name())
            .description("Events of herald, from relays to instances.")
            .subjects(settings.eventSubject())
            .storageType(StorageType.File)
            .retentionPolicy(RetentionPolicy.Limits)
            .discardPolicy(DiscardPolicy.Old)
            .maxAge(relay.maxAge())
            .maxBytes(relay.maxBytes().bytes())
            .replicas(relay.replicas())
            .build();
    StreamConfiguration found;
    try {
      found = management.getStreamInfo(settings.name()).getConfiguration();
    } catch (JetStreamApiException e) {
      if (!StreamApi.isNotFound(e)) {
        throw e;
      }
      management.addStream(wanted);
      LOG.info("made the stream {}", Field.of("stream", settings.name()));
      return;
    }
    if (!isAsWanted(found, wanted)) {
      // The engine refuses any change of these, and with it that of all the others.
      management.updateStream(
          StreamConfiguration.builder(wanted)
              .storageType(found.getStorageType())
              .retentionPolicy(found.getRetentionPolicy())
              .build());
      LOG.info("changed the stream {} to what it should be", Field.of("stream", settings.name()));
    }
  }

  private static boolean isAsWanted(StreamConfiguration found, StreamConfiguration wanted) {
    return List.copyOf(found.getSubjects()).equals(List.copyOf(wanted.getSubjects()))
        && found.getDiscardPolicy() == wanted.getDiscardPolicy()
        && found.getMaxAge().equals(wanted.getMaxAge())
        && found.getMaxBytes() == wanted.getMaxBytes()
        && found.getReplicas() == wanted.getReplicas()
        && found.getMaxMsgs() == wanted.getMaxMsgs()
        && found.getMaximumMessageSize() == wanted.getMaximumMessageSize()
        && found.getNoAck() == wanted.getNoAck();
  }
}
