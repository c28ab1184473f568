package herald.gateway.stream;

import herald.gateway.config.EventLogSettings;
import herald.gateway.exchange.Mark;
import herald.gateway.exchange.PositionExchange;
import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.RowOrder;
import herald.gateway.feed.FeedMark;
import herald.gateway.logging.Field;
import herald.gateway.metrics.StreamMeters;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.gateway.stream.StreamMessage.PointMark;
import herald.protocol.EventEncoder;
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

/**
 * From the stream's messages to published events. What was in the stream at the start goes into the
 * event log with the times at which the engine has stored it, so that the log reaches as far back
 * as one that has been here all the time. Reader's thread.
 */
final class StreamEvents implements StreamListener {
  private static final Logger LOG = LoggerFactory.getLogger(StreamEvents.class);

  /** Events of the past that were stored within this time are published together. */
  private static final long PAST_MICROS = TimeUnit.SECONDS.toMicros(1);

  private static final int SEED = 31;

  private final EventLogSettings settings;
  private final Dispatcher dispatcher;
  private final StreamRules rules;
  private final StreamBus bus;
  private final StreamHealth health;
  private final StreamMeters meters;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final List<Event> batch = new ArrayList<>();

  private @Nullable StreamReader reader;
  private @Nullable PositionExchange exchange;
  private volatile @Nullable FeedMark lastMark;
  private @Nullable Instant madeAt;
  private long endAtStart;

  /** When the engine stored the first event of the batch, and the last message. */
  private long batchStoredAtMicros;

  private long storedAtMicros;
  private long pastNanos;
  private boolean isGapDue;

  StreamEvents(
      EventLogSettings settings,
      StreamRules rules,
      Dispatcher dispatcher,
      StreamBus bus,
      StreamHealth health,
      StreamMeters meters,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.settings = settings;
    this.rules = rules;
    this.dispatcher = dispatcher;
    this.bus = bus;
    this.health = health;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  /** The reader that calls; before it starts. */
  void readBy(StreamReader caller) {
    reader = caller;
  }

  /** The exchange that hears of marks and of other instances; before the start. */
  void connect(PositionExchange positions) {
    exchange = positions;
  }

  /** The last mark that has been handled; null before the first. Any thread. */
  @Nullable FeedMark lastMark() {
    return lastMark;
  }

  @Override
  public void onOpened(long end) throws IOException, InterruptedException {
    StreamReader caller = Objects.requireNonNull(reader);
    meters.opened();
    madeAt = caller.madeAt();
    if (pastNanos == 0) {
      caller.findings(rules).forEach(finding -> LOG.warn(finding.sentence()));
      // Before the first mailbox, which one is that another instance speaks of.
      begin(caller.coveredSince());
    }
    if (exchange != null) {
      bus.listen(exchange::onMessage);
      exchange.onListening();
    }
    if (!health.hasReachedEnd()) {
      endAtStart = end;
      if (caller.readsNothingBefore(end)) {
        reachEnd();
      }
    }
    LOG.info("the stream is read, its last message is {}", Field.of("sequence", end));
  }

  /** The log covers what is in the stream, and no more than it keeps. */
  private void begin(Instant coveredSince) {
    long nowNanos = nanoClock.getAsLong();
    long ageMillis = Math.max(0, coveredSince.until(clock.instant(), ChronoUnit.MILLIS));
    long coveredMillis = Math.min(ageMillis, settings.horizonMillis());
    pastNanos = nowNanos - TimeUnit.MILLISECONDS.toNanos(coveredMillis);
    dispatcher.beginAt(pastNanos);
  }

  private void reachEnd() {
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
    if (!health.hasReachedEnd() && sequence >= endAtStart) {
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
    batch.add(event.event(nanoClock.getAsLong(), nowMicros));
    if (health.hasReachedEnd()) {
      meters.lag(storedAtMicros - event.committedAtMicros(), nowMicros - storedAtMicros);
    }
  }

  private void onMark(long sequence, FeedMark mark) {
    lastMark = mark;
    health.onMark();
    if (exchange != null) {
      exchange.onStreamMark(
          new Mark(
              streamId(),
              sequence,
              mark.point().clockMicros(),
              mark.provedXmin(),
              mark.point().cluster().hashCode()),
          dispatcher.tail());
    }
  }

  /** Which stream it is: one that is made anew is another, whose sequences mean something else. */
  private long streamId() {
    Instant made = Objects.requireNonNull(madeAt);
    return (made.getEpochSecond() * 1_000_000_000L + made.getNano()) * SEED & Long.MAX_VALUE;
  }

  @Override
  public void onBatchEnd() {
    if (isGapDue) {
      sayGap();
      isGapDue = false;
    }
    publish();
  }

  private void publish() {
    meters.events(batch.size());
    try {
      if (health.hasReachedEnd()) {
        dispatcher.publish(batch);
      } else if (!batch.isEmpty()) {
        long nowNanos = nanoClock.getAsLong();
        long agoNanos = TimeUnit.MICROSECONDS.toNanos(nowMicros() - batchStoredAtMicros);
        // The engine's clock may be ahead of this one, or go backwards.
        pastNanos = Math.max(pastNanos, nowNanos - Math.max(0, agoNanos));
        dispatcher.publishPast(batch, pastNanos);
      }
    } finally {
      batch.clear();
    }
  }

  @Override
  public void onMissing(String reason) {
    LOG.warn("events may be missing: {}; everybody is told of a gap", Field.of("reason", reason));
    meters.gap();
    sayGap();
  }

  @Override
  public void onUnreadable(long sequence) {
    meters.unreadable();
    // There may be many, as of a relay of another version: one gap is for all that come together.
    isGapDue = true;
  }

  /** Whom the missing events concerned is not known. */
  private void sayGap() {
    publish();
    long nowNanos = nanoClock.getAsLong();
    long nowMicros = nowMicros();
    long fromMicros =
        storedAtMicros == 0
            ? nowMicros - TimeUnit.MILLISECONDS.toMicros(settings.horizonMillis())
            : storedAtMicros;
    FeedMark mark = lastMark;
    if (mark != null) {
      // What was committed since may have been stored later than what was read last.
      fromMicros = Math.min(fromMicros, mark.point().clockMicros());
    }
    batch.add(
        new Event(
            EventEncoder.gap(instant(fromMicros), instant(nowMicros)),
            Audience.everybody(),
            nowMicros,
            RowOrder.committedAt(nowNanos)));
    batchStoredAtMicros = nowMicros;
    publish();
  }

  private long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
