package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import herald.gateway.logging.Field;
import herald.gateway.metrics.StreamMeters;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From the stream's messages to published events. Reader's thread. */
final class StreamEvents implements StreamListener {
  private static final Logger LOG = LoggerFactory.getLogger(StreamEvents.class);

  /** Events of the past that were stored within this time are published together. */
  private static final long PAST_MICROS = TimeUnit.SECONDS.toMicros(1);

  private final long horizonMillis;
  private final StreamRules rules;
  private final StreamOutput output;
  private final StreamPast past;
  private final StreamPlaces places;
  private final StreamHealth health;
  private final StreamMeters meters;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final List<Event> batch = new ArrayList<>();

  private @Nullable StreamReader reader;
  private volatile @Nullable FeedMark lastMark;

  /** Up to where the stream is to be read before this instance is ready. */
  private long endAtOpening;

  /** When the engine stored the first event of the batch, and the last message. */
  private long batchStoredAtMicros;

  private long storedAtMicros;
  private boolean isGapDue;

  /**
   * @param horizonMillis how far back the log keeps
   * @param output takes the events
   * @param past takes those that were in the stream at the start
   * @param places is told of marks
   */
  StreamEvents(
      long horizonMillis,
      StreamRules rules,
      StreamOutput output,
      StreamPast past,
      StreamPlaces places,
      StreamHealth health,
      StreamMeters meters,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.horizonMillis = horizonMillis;
    this.rules = rules;
    this.output = output;
    this.past = past;
    this.places = places;
    this.health = health;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  /** The reader that calls; before it starts. */
  void readBy(StreamReader caller) {
    reader = caller;
  }

  /** The last mark that has been handled; null before the first. Any thread. */
  @Nullable FeedMark lastMark() {
    return lastMark;
  }

  @Override
  public void onOpened(long end) throws IOException, InterruptedException {
    StreamReader caller = Objects.requireNonNull(reader);
    meters.opened();
    if (!past.hasBegun()) {
      caller.findings(rules).forEach(finding -> LOG.warn(finding.sentence()));
      // Before the first mailbox, which one is that another instance speaks of.
      past.begin(caller.coveredSince());
    }
    places.onOpened(Objects.requireNonNull(caller.madeAt()));
    endAtOpening = end;
    if (caller.readsNothingBefore(end)) {
      reachEnd();
    } else {
      health.onBehind();
    }
    LOG.info("the stream is read, its last message is {}", Field.of("sequence", end));
  }

  private void reachEnd() {
    health.onCaughtUp();
    if (health.hasReachedEnd()) {
      return;
    }
    publish();
    health.onEndReached();
    LOG.info("the past of the stream has been read");
  }

  @Override
  public void onMessage(long sequence, long storedMicros, StreamMessage message) {
    storedAtMicros = storedMicros;
    if (message instanceof OneEvent event) {
      add(event);
    } else if (message instanceof PointMark mark) {
      publish();
      onMark(sequence, mark.mark());
    }
    if (health.isBehind() && sequence >= endAtOpening) {
      reachEnd();
    }
  }

  private void add(OneEvent event) {
    if (batch.isEmpty()) {
      batchStoredAtMicros = storedAtMicros;
    } else if (storedAtMicros - batchStoredAtMicros > PAST_MICROS) {
      publish();
      batchStoredAtMicros = storedAtMicros;
    }
    long nowMicros = nowMicros();
    long nowNanos = nanoClock.getAsLong();
    health.onEvent(nowNanos);
    batch.add(event.event(nowNanos, nowMicros));
    if (health.hasReachedEnd()) {
      meters.lag(storedAtMicros - event.committedAtMicros(), nowMicros - storedAtMicros);
    }
  }

  private void onMark(long sequence, FeedMark mark) {
    lastMark = mark;
    boolean isPlaced = output.onMark(mark);
    health.onMark(mark.point().clockMicros());
    if (isPlaced) {
      places.onMark(sequence, mark);
    }
  }

  @Override
  public void onBatchEnd() {
    if (isGapDue) {
      isGapDue = false;
      publish();
      if (output.onMissing()) {
        sayGap();
      }
    }
    publish();
  }

  private void publish() {
    meters.events(batch.size());
    try {
      if (health.hasReachedEnd()) {
        output.publish(batch);
      } else if (!batch.isEmpty()) {
        past.publish(batch, nowMicros() - batchStoredAtMicros);
      }
    } finally {
      batch.clear();
    }
  }

  @Override
  public void onMissing(String reason) {
    publish();
    if (output.onMissing()) {
      LOG.warn("events may be missing: {}; everybody is told of a gap", Field.of("reason", reason));
      meters.gap();
      sayGap();
    } else {
      LOG.warn(
          "the stream has lost events, which come from the database's notifications: {}",
          Field.of("reason", reason));
    }
  }

  @Override
  public void onMadeAnew(String reason) {
    output.onRewound();
    onMissing(reason);
  }

  @Override
  public void onRewound(String reason) {
    publish();
    output.onRewound();
    meters.rewound();
    LOG.warn(
        "the stream has lost messages, which relays publish again; what has been read of them is"
            + " left out: {}",
        Field.of("reason", reason));
  }

  @Override
  public void onUnreadable(long sequence) {
    meters.unreadable();
    // There may be many, as of a relay of another version: one gap is for all that come together.
    isGapDue = true;
  }

  @Override
  public void onPartsDropped(long count) {
    meters.partsDropped(count);
  }

  private void sayGap() {
    long nowMicros = nowMicros();
    long fromMicros = StreamGap.beginMicros(storedAtMicros, lastMark, nowMicros, horizonMillis);
    batch.add(StreamGap.event(fromMicros, nowMicros, nanoClock.getAsLong()));
    batchStoredAtMicros = nowMicros;
    publish();
  }

  private long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }
}
