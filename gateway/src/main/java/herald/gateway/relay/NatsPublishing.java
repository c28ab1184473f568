package herald.gateway.relay;

import herald.gateway.config.StreamSettings;
import herald.gateway.logging.IntervalLog;
import herald.gateway.stream.StreamApi;
import herald.gateway.stream.StreamConnection;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Publishes over the connection to the engine. Publisher's thread. */
final class NatsPublishing implements StreamPublishing {
  private static final int WRONG_LAST_SEQUENCE = 10_071;

  /** More than the headers of a message take, which the engine counts too. */
  private static final int HEADER_BYTES = 512;

  private final StreamConnection connection;
  private final IntervalLog errors = new IntervalLog(LoggerFactory.getLogger(NatsPublishing.class));
  private @Nullable Connection usedFor;
  private @Nullable JetStream jetStream;
  private volatile @Nullable String problem;

  NatsPublishing(StreamConnection connection) {
    this.connection = connection;
  }

  /** Why nothing can be published, in a sentence; null if it can. Any thread. */
  @Nullable String problem() {
    return problem;
  }

  /**
   * What the engine takes as one message.
   *
   * @param most more is not wanted
   */
  int maxMessageBytes(int most) {
    Connection now = connection.connected();
    long ofEngine = now == null ? most : now.getMaxPayload() - HEADER_BYTES;
    return (int) Math.min(most, ofEngine);
  }

  @Override
  public Result publish(byte[] message, long expectedLastSequence) {
    StreamSettings settings = connection.settings();
    PublishOptions expected =
        PublishOptions.builder()
            .expectedStream(settings.name())
            .expectedLastSequence(expectedLastSequence)
            .build();
    Connection now = connection.connected();
    if (now == null) {
      return new Result(Answer.UNKNOWN, 0);
    }
    try {
      long sequence =
          jetStream(now).publish(settings.eventSubject(), null, message, expected).getSeqno();
      problem = null;
      return new Result(Answer.STORED, sequence);
    } catch (JetStreamApiException e) {
      if (e.getApiErrorCode() == WRONG_LAST_SEQUENCE) {
        problem = null;
        return new Result(Answer.REFUSED, 0);
      }
      return failed(StreamApi.sentence(settings, e));
    } catch (IOException | IllegalStateException e) {
      return failed(StreamApi.unanswered("what became of an event", now, e));
    }
  }

  /** What failed before was published by another relay, or has come into the stream after all. */
  @Override
  public void onNothingToPublish() {
    problem = null;
  }

  private Result failed(String sentence) {
    problem = sentence;
    errors.warn(sentence);
    return new Result(Answer.UNKNOWN, 0);
  }

  private JetStream jetStream(Connection now) throws IOException {
    JetStream current = jetStream;
    if (current == null || usedFor != now) {
      current = StreamApi.jetStream(now);
      jetStream = current;
      usedFor = now;
    }
    return current;
  }
}
