package herald.gateway.stream;

import herald.gateway.logging.IntervalLog;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Hands over to the listener what the messages of the stream carry: puts parts together and takes
 * batches apart. A message that can't be read, or that the listener fails at, costs that one alone;
 * the listener is told of it. Reader's thread.
 */
final class MessageHandover {
  private final StreamListener listener;
  private final IsolatedFailures failures;
  private final IntervalLog errors;
  private final MessageParts parts = new MessageParts();

  /** Sets of parts of which the listener has been told. */
  private long droppedBefore;

  MessageHandover(StreamListener listener, IsolatedFailures failures, IntervalLog errors) {
    this.listener = listener;
    this.failures = failures;
    this.errors = errors;
  }

  /**
   * The next message of the stream.
   *
   * @param data as it stands there
   */
  void onMessage(long sequence, Instant storedAt, byte[] data) {
    try {
      StreamMessage whole = parts.take(StreamCodec.decode(data));
      if (whole != null) {
        handOver(sequence, ChronoUnit.MICROS.between(Instant.EPOCH, storedAt), whole);
      }
    } catch (IllegalArgumentException e) {
      errors.warn("message " + sequence + " of the stream can't be read: " + e.getMessage());
      listener.onUnreadable(sequence);
    } catch (Throwable e) {
      failures.isolated(Place.STREAM, e);
      listener.onUnreadable(sequence);
    } finally {
      tellDropped();
    }
  }

  /** What stands in a batch comes one after the other, each with the sequence of the batch. */
  private void handOver(long sequence, long storedAtMicros, StreamMessage message) {
    if (message instanceof Batch batch) {
      for (StreamMessage each : batch.messages()) {
        try {
          listener.onMessage(sequence, storedAtMicros, each);
        } catch (Throwable e) {
          failures.isolated(Place.STREAM, e);
          listener.onUnreadable(sequence);
        }
      }
    } else {
      listener.onMessage(sequence, storedAtMicros, message);
    }
  }

  /** The next message does not follow the last one: parts that came are not put together. */
  void onInterrupted() {
    parts.drop();
  }

  private void tellDropped() {
    long count = parts.dropped() - droppedBefore;
    if (count > 0) {
      droppedBefore += count;
      listener.onPartsDropped(count);
    }
  }
}
