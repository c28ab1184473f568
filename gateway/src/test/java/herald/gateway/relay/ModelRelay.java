package herald.gateway.relay;

import herald.gateway.feed.FeedMark;
import herald.gateway.metrics.Meters;
import herald.gateway.metrics.RelayMeters;
import herald.gateway.stream.MessageParts;
import herald.gateway.stream.PublishedEvents;
import herald.gateway.stream.StreamCodec;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.gateway.supervision.Supervisor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One relay without its threads: each call is a step of one of them. */
final class ModelRelay {
  private static final int MAX_MESSAGE_BYTES = 2_048;

  private final ModelDatabase database;
  private final ModelStream stream;
  private final RelayQueue queue;
  private final RelayPublisher publisher;
  private final MessageParts parts = new MessageParts();
  private long readUntil;

  /** The next row; less than 0 while the stream has not been read. */
  private int next = -1;

  private int sinceMark;
  private @Nullable FeedMark begin;

  /** It has one publisher, which waits for its answer. */
  private boolean isPublishing;

  /** Until then it does nothing. */
  long pausedUntilNanos;

  ModelRelay(
      long number,
      ModelDatabase database,
      ModelStream stream,
      StreamPublishing publishing,
      LongSupplier nanoClock,
      Random random) {
    this.database = database;
    this.stream = stream;
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    RelayMeters meters = new RelayMeters(registry);
    queue =
        new RelayQueue(
            number,
            Integer.MAX_VALUE,
            Long.MAX_VALUE,
            new RelayDuty(1_000, nanoClock.getAsLong(), random::nextDouble, () -> {}),
            new PublishedEvents(TimeUnit.HOURS.toMillis(1)),
            nanoClock,
            meters);
    publisher =
        new RelayPublisher(
            number,
            queue,
            publishing,
            () -> readUntil,
            () -> MAX_MESSAGE_BYTES,
            InstantSource.system(),
            meters,
            new Supervisor(new Meters(registry).supervision(), nanoClock));
  }

  boolean isActive() {
    return queue.isActive();
  }

  boolean isDone() {
    return next == database.size() && queue.size() == 0 && readUntil == stream.end();
  }

  /** The reader's thread takes a message. */
  void read() {
    if (readUntil == stream.end()) {
      return;
    }
    StreamMessage message = parts.take(StreamCodec.decode(stream.message(readUntil + 1)));
    if (message instanceof Batch batch) {
      batch.messages().forEach(each -> queue.onRead(each, 0));
    } else if (message != null) {
      queue.onRead(message, 0);
    }
    readUntil++;
  }

  /** The feed's thread hands over a row, or a mark. */
  void feed() throws InterruptedException {
    if (next < 0) {
      beginWhenRead();
    } else if (next < database.size() && sinceMark < 5) {
      int row = next++;
      sinceMark++;
      FeedMark from = begin;
      if (from == null || database.xid(row) >= from.base().xmin()) {
        queue.publish(0, List.of(database.event(row)), () -> {});
      }
    } else {
      sinceMark = 0;
      queue.onMark(0, database.mark(next));
    }
  }

  private void beginWhenRead() {
    if (readUntil == stream.end()) {
      PointMark last = queue.lastMark();
      if (last != null) {
        begin = last.mark();
        queue.onBegin(last.mark());
      }
      publisher.answersSince(last == null ? database.mark(0).point().xmin() : last.sinceXmin());
      next = 0;
    }
  }

  /** The publisher's thread has a turn. */
  void publish() throws InterruptedException {
    if (next >= 0 && !isPublishing) {
      isPublishing = true;
      var unused = publisher.turn();
      isPublishing = false;
    }
  }
}
