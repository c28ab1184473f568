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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the stream as it should be, and changes one that is not: kept in files, the oldest messages
 * discarded by age and by size, no message refused because it is full. One thread at a time.
 */
final class StreamMaker {
  private static final Logger LOG = LoggerFactory.getLogger(StreamMaker.class);

  private final StreamConnection connection;
  private final RelaySettings relay;
  private final IntervalLog errors = new IntervalLog(LOG);
  private long madeFor;

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
    if (!relay.createsStream() || now == null || (generation == madeFor && problem == null)) {
      return;
    }
    try {
      make(StreamApi.management(now));
      madeFor = generation;
    } catch (JetStreamApiException e) {
      errors.warn("the stream can't be made: " + e.getErrorDescription());
    } catch (IOException | IllegalStateException e) {
      errors.warn("the stream can't be made: " + e.getMessage());
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
      management.updateStream(wanted);
      LOG.info("changed the stream {} to what it should be", Field.of("stream", settings.name()));
    }
  }

  private static boolean isAsWanted(StreamConfiguration found, StreamConfiguration wanted) {
    return List.copyOf(found.getSubjects()).equals(List.copyOf(wanted.getSubjects()))
        && found.getStorageType() == wanted.getStorageType()
        && found.getRetentionPolicy() == wanted.getRetentionPolicy()
        && found.getDiscardPolicy() == wanted.getDiscardPolicy()
        && found.getMaxAge().equals(wanted.getMaxAge())
        && found.getMaxBytes() == wanted.getMaxBytes()
        && found.getReplicas() == wanted.getReplicas();
  }
}
