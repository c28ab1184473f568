package herald.gateway.relay;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import herald.gateway.metrics.RelayMeters;
import herald.gateway.relay.StreamPublishing.Answer;
import herald.gateway.stream.MessageParts;
import herald.gateway.stream.StreamCodec;
import herald.gateway.stream.StreamMessage;
import herald.gateway.stream.StreamMessage.Batch;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes what waits in the queue into the stream, on a thread of its own.
 *
 * <p>Only one message is under way, and it names the end of the stream behind which it belongs. If
 * several were, and another relay wrote between them, the engine would refuse the first and take
 * the second, whose expectation the other relay's message has fulfilled. So what waits meanwhile
 * shares the next message. Whether a message was stored of which no answer came need not be known:
 * when the stream has been read up to its end, either the events stand there and have left the
 * queue, or they are published again.
 */
final class RelayPublisher implements AutoCloseable {
  private static final long POLL_MILLIS = 20;
  private static final long PAUSE_MILLIS = 50;

  /** For so long the stream is read after a refusal, before it is tried again. */
  private static final long READ_MILLIS = 500;

  private static final int BATCH_BYTES = 128 << 10;
  private static final long LONGEST_TURN_MILLIS = 60_000;

  private final long relay;
  private final RelayQueue queue;
  private final StreamPublishing stream;
  private final LongSupplier readUntil;
  private final IntSupplier maxMessageBytes;
  private final InstantSource clock;
  private final RelayMeters meters;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;

  private volatile boolean isClosing;

  /** The relay answers for no row of an earlier transaction. */
  private volatile long sinceXmin;

  /** Behind which message the last one was to be stored. */
  private long end;

  /** How many messages have been cut into parts. */
  private long sets;

  /**
   * @param readUntil the sequence of the last message that has been read
   * @param maxMessageBytes what the engine takes as one message
   */
  RelayPublisher(
      long relay,
      RelayQueue queue,
      StreamPublishing stream,
      LongSupplier readUntil,
      IntSupplier maxMessageBytes,
      InstantSource clock,
      RelayMeters meters,
      Supervisor supervisor) {
    this.relay = relay;
    this.queue = queue;
    this.stream = stream;
    this.readUntil = readUntil;
    this.maxMessageBytes = maxMessageBytes;
    this.clock = clock;
    this.meters = meters;
    failures = supervisor.failures();
    supervised = supervisor.thread("herald-relay-publisher", LONGEST_TURN_MILLIS);
    thread =
        new DefaultThreadFactory("herald-relay-publisher", true)
            .newThread(supervised.watch(this::run));
  }

  /** Begins to publish. */
  void start() {
    thread.start();
  }

  /** Says for which rows marks answer: see {@link PointMark#sinceXmin}. Any thread. */
  void answersSince(long xmin) {
    sinceXmin = xmin;
  }

  private void run() {
    while (!isClosing) {
      supervised.turn();
      try {
        queue.await(POLL_MILLIS);
        Answer answer = turn();
        if (answer == Answer.REFUSED) {
          awaitReading();
        } else if (answer == Answer.UNKNOWN) {
          pause();
        }
      } catch (InterruptedException e) {
        return;
      } catch (Throwable e) {
        failures.isolated(Place.STREAM, e);
        pause();
      }
    }
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Publishes the first of what waits, if there is something for this relay to publish.
   *
   * @return what became of it; null if there was nothing
   */
  @Nullable Answer turn() throws InterruptedException {
    // In this order: what is read after the end was noted has left the queue, or is refused.
    end = queue.end(readUntil.getAsLong());
    List<QueuedMessage> next = queue.next(Math.min(BATCH_BYTES, maxMessageBytes.getAsInt()));
    if (next.isEmpty()) {
      stream.onNothingToPublish();
      return null;
    }
    byte[] message = StreamCodec.encode(message(next));
    StreamPublishing.Result result = publish(message, end);
    switch (result.answer()) {
      case STORED -> {
        long events = next.stream().filter(each -> each.event() != null).count();
        meters.published((int) events, message.length);
        queue.onStored(next, result.sequence(), micros());
      }
      case REFUSED -> meters.refused();
      case UNKNOWN -> meters.unanswered();
    }
    return result.answer();
  }

  private StreamMessage message(List<QueuedMessage> next) {
    long nowNanos = System.nanoTime();
    long nowMicros = micros();
    List<StreamMessage> messages = new ArrayList<>(next.size());
    for (QueuedMessage each : next) {
      Event event = each.event();
      FeedMark mark = each.mark();
      if (event != null) {
        messages.add(OneEvent.of(relay, event, nowNanos, nowMicros));
      } else if (mark != null) {
        messages.add(new PointMark(relay, mark, sinceXmin));
      }
    }
    return messages.size() == 1 ? messages.get(0) : new Batch(relay, messages);
  }

  /** Publishes a message, in parts if it is large, one after the other. */
  private StreamPublishing.Result publish(byte[] message, long behind) throws InterruptedException {
    List<byte[]> parts = MessageParts.cut(message, relay, sets++, maxMessageBytes.getAsInt());
    StreamPublishing.Result result = new StreamPublishing.Result(Answer.STORED, behind);
    for (byte[] part : parts) {
      supervised.turn();
      long beginNanos = System.nanoTime();
      result = stream.publish(part, result.sequence());
      if (result.answer() != Answer.STORED) {
        return result;
      }
      meters.answered(System.nanoTime() - beginNanos);
      queue.onPartStored(result.sequence());
    }
    return result;
  }

  private void awaitReading() throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READ_MILLIS);
    while (readUntil.getAsLong() <= end && System.nanoTime() - deadlineNanos < 0) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  private long micros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }

  /** Ends without publishing what waits. */
  @Override
  public void close() {
    supervised.mayEnd();
    isClosing = true;
    thread.interrupt();
  }
}
