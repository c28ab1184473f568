package herald.gateway.stream;

import herald.gateway.check.Finding;
import herald.gateway.logging.IntervalLog;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Reads the stream in its order, each message once, on a thread of its own, and goes on where it
 * has stopped when the engine was away.
 *
 * <p>It trusts the sequence of the messages and nothing else: when one is not the next, when the
 * connection is another one, or when nothing has come for some time though the stream has more, the
 * consumer is given up and a new one begins behind the last message that was handed over.
 */
public final class StreamReader implements AutoCloseable {
  private static final long POLL_MILLIS = 250;
  private static final long RETRY_MILLIS = 200;

  /** When nothing has come for so long, the stream is asked whether it has more. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long LONGEST_TURN_MILLIS = 60_000;
  private static final int MAX_BATCH = 1_000;

  private final StreamConnection connection;
  private final KnownStream stream;
  private final StreamListener listener;
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;
  private final MessageHandover handover;
  private final IntervalLog errors = new IntervalLog(LoggerFactory.getLogger(getClass()));

  private volatile boolean isClosing;
  private volatile @Nullable String problem = "the stream has not been read yet";
  private @Nullable OrderedConsumer consumer;
  private long cameAtNanos;

  /** Why the stream is to be read again; null if it is not. */
  private @Nullable String rewound;

  /**
   * @param from messages that were stored since then are read; or, if {@code next} is not 0, those
   *     from that sequence on
   * @param threadName what the thread is called
   */
  public StreamReader(
      StreamConnection connection,
      Instant from,
      long next,
      String threadName,
      StreamListener listener,
      Supervisor supervisor) {
    this.connection = connection;
    stream = new KnownStream(from, next);
    this.listener = listener;
    failures = supervisor.failures();
    handover = new MessageHandover(listener, failures, errors);
    supervised = supervisor.thread(threadName, LONGEST_TURN_MILLIS);
    thread = new DefaultThreadFactory(threadName, true).newThread(supervised.watch(this::run));
  }

  /** Begins to read, and to try again for as long as that fails. */
  public void start() {
    thread.start();
  }

  /** Why the stream can't be read, in a sentence; null if it can. Any thread. */
  public @Nullable String problem() {
    String ofEngine = connection.problem();
    return ofEngine == null ? problem : ofEngine;
  }

  /** The sequence of the last message that was handed over; 0 before the first. Any thread. */
  public long readUntil() {
    return stream.readUntil();
  }

  /**
   * The sequence of the last message that is in the stream now; the engine is asked. Any thread but
   * one that must not wait.
   *
   * @throws IOException when the engine does not answer, or there is no stream
   */
  public long askEnd() throws IOException {
    Connection now = connection.connected();
    if (now == null) {
      throw new IOException("the stream engine is not connected");
    }
    return StreamApi.info(now, connection.settings()).getStreamState().getLastSequence();
  }

  /** All that was written since has been in the stream when it was opened last. Any thread. */
  public Instant coveredSince() {
    return stream.coveredSince();
  }

  /**
   * When the last message was stored that the stream had when it was opened last, also one that has
   * left it since; null if that is not known. Any thread.
   */
  public @Nullable Instant lastStoredAt() {
    return stream.lastStoredAt();
  }

  /** For how long the stream keeps messages; null if that is not known or not bounded. */
  public @Nullable Duration maxAge() {
    StreamConfiguration known = stream.configuration();
    return known == null || known.getMaxAge().isZero() ? null : known.getMaxAge();
  }

  /** When the stream was made; null before it was opened. Any thread. */
  @Nullable Instant madeAt() {
    return stream.madeAt();
  }

  /** Whether no message up to this one, the last of the stream, is to be read. Reader's thread. */
  boolean readsNothingBefore(long end) {
    return stream.readsNothingBefore(end);
  }

  /** What is wrong with the stream, or worth a look; when it is open. Reader's thread. */
  List<Finding> findings(StreamRules rules) {
    StreamConfiguration now = stream.configuration();
    Connection open = connection.connected();
    return now == null || open == null
        ? List.of()
        : rules.findings(now, open.getMaxPayload()).stream()
            .filter(finding -> finding.level() != Finding.Level.OK)
            .toList();
  }

  /**
   * The listener has found out that the stream has lost messages at its end: it is read again as
   * from a start. Reader's thread.
   *
   * @param reason what has happened, in a sentence
   */
  public void onRewound(String reason) {
    rewound = reason;
  }

  private void run() {
    while (!isClosing) {
      supervised.turn();
      try {
        turn();
      } catch (InterruptedException e) {
        break;
      } catch (IOException | IllegalStateException e) {
        fail(String.valueOf(e.getMessage()));
      } catch (Throwable e) {
        failures.isolated(Place.STREAM, e);
        giveUp();
      }
    }
    giveUp();
  }

  private void turn() throws IOException, InterruptedException {
    Connection now = connection.connected();
    OrderedConsumer open = consumer;
    String lost = rewound;
    if (lost != null) {
      rewound = null;
      giveUp();
      handover.onInterrupted();
      stream.beginAgain();
      listener.onRewound(lost);
    } else if (now == null) {
      giveUp();
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    } else if (open == null || open.generation() != connection.generation()) {
      giveUp();
      open(now);
    } else {
      Message message = open.next(POLL_MILLIS);
      if (message != null) {
        cameAtNanos = System.nanoTime();
        takeAll(open, message);
      } else if (System.nanoTime() - cameAtNanos > QUIET_NANOS) {
        cameAtNanos = System.nanoTime();
        lookForMore(now);
      }
    }
  }

  /** Takes what has come together; the listener is told that this is all, whatever happens. */
  private void takeAll(OrderedConsumer open, Message first) throws InterruptedException {
    try {
      Message message = first;
      for (int count = 1; message != null; count++) {
        take(open, message);
        boolean isLast =
            consumer != open || rewound != null || count == MAX_BATCH || !open.hasMore();
        message = isLast ? null : open.next(1);
      }
    } finally {
      listener.onBatchEnd();
    }
  }

  private void fail(String reason) {
    problem = reason;
    giveUp();
    if (!isClosing) {
      errors.warn(reason);
      try {
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void giveUp() {
    OrderedConsumer open = consumer;
    consumer = null;
    if (open != null) {
      open.close();
    }
  }

  private void open(Connection now) throws IOException, InterruptedException {
    long generation = connection.generation();
    StreamInfo info = StreamApi.info(now, connection.settings());
    if (info.getCreateTime().toInstant().isBefore(Instant.EPOCH)) {
      // The zero time of the engine's language.
      throw new IOException("the stream engine is still making the stream");
    }
    String foreign = StreamRules.foreignSubjects(info.getConfiguration(), connection.settings());
    if (foreign != null) {
      // The sequences of what others write are never read, so the end would never be reached.
      throw new IOException(foreign);
    }
    KnownStream.Loss loss = stream.passOverMissing(info);
    stream.onOpened(info);
    if (loss != null) {
      handover.onInterrupted();
      tell(loss);
    }
    consumer =
        OrderedConsumer.open(
            now, generation, connection.settings(), stream.askFrom(), stream.from());
    cameAtNanos = System.nanoTime();
    problem = null;
    listener.onOpened(info.getStreamState().getLastSequence());
  }

  private void tell(KnownStream.Loss loss) {
    switch (loss.kind()) {
      case UNREAD -> listener.onMissing(loss.reason());
      case READ -> listener.onRewound(loss.reason());
      case ALL -> listener.onMadeAnew(loss.reason());
    }
  }

  private void lookForMore(Connection now) throws IOException {
    if (!stream.isAllOf(StreamApi.info(now, connection.settings()))) {
      giveUp();
    }
  }

  private void take(OrderedConsumer open, Message message) {
    NatsJetStreamMetaData data = message.metaData();
    long sequence = data.streamSequence();
    Instant storedAt = data.timestamp().toInstant();
    boolean hasAllBefore = open.hasAllBefore(data);
    if (stream.isBehind(sequence)) {
      if (stream.isInPlaceOfTheLast(sequence, storedAt)) {
        rewound = "the stream has lost its last messages, and has others in their place";
      }
      return;
    }
    long missing = stream.missingBefore(sequence);
    if (missing > 0) {
      if (hasAllBefore) {
        // The engine has passed over what was deleted or can't be read by it, and would do so
        // again.
        handover.onInterrupted();
        stream.goTo(sequence);
        listener.onMissing(missing + " messages are not in the stream any more");
      }
      // Else the stream says whether it still has what is between.
      giveUp();
      return;
    }
    stream.onTaken(sequence, storedAt);
    try {
      handover.onMessage(sequence, storedAt, message.getData());
    } finally {
      stream.onRead(sequence);
    }
  }

  @Override
  public void close() {
    supervised.mayEnd();
    isClosing = true;
    thread.interrupt();
    try {
      thread.join(StreamConnection.TIMEOUT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
