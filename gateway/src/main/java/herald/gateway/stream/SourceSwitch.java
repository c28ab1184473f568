package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import herald.gateway.logging.Field;
import herald.gateway.metrics.StreamMeters;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one of two sources into the event log: the stream, or the database's notifications while the
 * stream is away. Each event is let in once, whichever source brings it, and those of a chat in
 * their order.
 *
 * <p>Both sources bring all events in the order of commits, so what is known to be in the log is
 * left out, and the rest follows it. While the database is read, what the stream brings is parked:
 * it comes from the database as well, in its turn, or had come to nothing there. What has not come
 * by the switch back is published then, and the stream goes on behind it.
 *
 * <p>Any thread: this is the lock of all that is in it, held for the moments of a publication.
 */
final class SourceSwitch implements StreamOutput {
  private static final Logger LOG = LoggerFactory.getLogger(SourceSwitch.class);

  private final EventLogAccess log;
  private final DeliveredEvents delivered;
  private final StreamMeters meters;
  private final LongSupplier nanoClock;
  private final InstantSource clock;
  private final ParkedEvents parked = new ParkedEvents();
  private final SwitchMarks marks = new SwitchMarks();
  private final ReturnRule back;

  /** What the database's feed publishes into; null while the stream is the source. */
  private volatile @Nullable DatabaseTarget database;

  /** The last mark of the source at hand; event loops ask, which must not wait. */
  private volatile @Nullable FeedMark lastMark;

  /** When the database's feed has begun to be the source, by its mark. */
  private long beginMicros;

  /**
   * @param spanMillis for how long what was published is known
   * @param timeoutMillis when the stream is farther behind the database, it counts as away
   */
  SourceSwitch(
      EventLogAccess log,
      long spanMillis,
      long timeoutMillis,
      StreamMeters meters,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.log = log;
    this.meters = meters;
    this.nanoClock = nanoClock;
    this.clock = clock;
    delivered = new DeliveredEvents(spanMillis);
    back = new ReturnRule(timeoutMillis);
  }

  /**
   * Where the database's feed begins.
   *
   * @param target takes its events
   * @param mark all before has been published
   * @param knownSinceMicros what was published is known of rows that are stamped since then; 0 if
   *     of all
   */
  record Begin(DatabaseTarget target, FeedMark mark, long knownSinceMicros) {}

  // ---- From the stream ----

  @Override
  public synchronized void publish(List<Event> events) {
    List<Event> news = new ArrayList<>(events.size());
    for (Event event : events) {
      long key = EventKey.of(event);
      boolean isLate = marks.isLate(event);
      if (delivered.contains(key) || (!isLate && marks.isSettledByDatabase(event))) {
        meters.droppedAtSwitch(1);
      } else if (database != null) {
        parked.add(key, event, isLate);
      } else {
        delivered.add(key, event, nowMicros());
        news.add(event);
      }
    }
    log.publish(news);
    if (parked.isFull()) {
      end();
    }
  }

  @Override
  public synchronized void publishPast(List<Event> events, long appendedAtNanos) {
    long agoMicros = (nanoClock.getAsLong() - appendedAtNanos) / 1_000;
    for (Event event : events) {
      delivered.add(EventKey.of(event), event, nowMicros() - agoMicros);
    }
    log.publishPast(events, appendedAtNanos);
  }

  @Override
  public synchronized boolean onMark(FeedMark mark) {
    delivered.onMark(mark);
    boolean isStream = database == null;
    if (isStream) {
      lastMark = mark;
    }
    marks.onStreamMark(mark, isStream);
    back.onStreamMark(mark);
    return isStream && back.isBehindTheReturn(mark);
  }

  @Override
  public synchronized boolean onMissing() {
    if (database == null) {
      return true;
    }
    back.onMissing(nowMicros());
    return false;
  }

  /** What was published here is known anyway, but what the database has to bring is more. */
  @Override
  public synchronized void onRewound() {
    if (database != null) {
      back.onMissing(nowMicros());
    }
  }

  // ---- From the database ----

  /** Events of a feed of the database. */
  synchronized void fromDatabase(DatabaseTarget from, List<Event> events) {
    if (from != database) {
      // The stream has been the source again for a moment, and has these too.
      return;
    }
    List<Event> news = new ArrayList<>(events.size());
    for (Event event : events) {
      long key = EventKey.of(event);
      parked.remove(key);
      if (delivered.contains(key)) {
        meters.droppedAtSwitch(1);
      } else {
        delivered.add(key, event, nowMicros());
        news.add(event);
      }
    }
    log.publish(news);
  }

  /** All before this mark has been handed over by a feed of the database. */
  synchronized void onDatabaseMark(DatabaseTarget from, FeedMark mark) {
    if (from == database) {
      lastMark = mark;
      back.onDatabaseMark(mark);
      if (marks.onDatabaseMark(mark)) {
        meters.droppedAtSwitch(parked.leaveWhatIsSettled(mark));
      }
    }
  }

  // ---- The switch ----

  /** From now on the database is the source; when a mark of the stream has been read. */
  synchronized Begin begin() {
    FeedMark mark = Objects.requireNonNull(marks.ofStream());
    DatabaseTarget target = new DatabaseTarget(this, log);
    database = target;
    marks.onBegin();
    beginMicros = mark.point().clockMicros();
    back.onBegin();
    long knownSinceMicros = delivered.knownSinceMicros(mark);
    if (knownSinceMicros != 0) {
      // A transaction has been open for so long that rows of before can't be told from those that
      // were published: they are left out.
      sayGap("a transaction is open for too long", mark.base().clockMicros());
    }
    return new Begin(target, mark, knownSinceMicros);
  }

  /** Whether the stream may be the source again, if it is well. */
  synchronized ReturnRule.State state() {
    return back.state();
  }

  /**
   * From now on the stream is the source. If it lacks something that the database's feed has not
   * brought, everybody is told of a gap.
   */
  synchronized void end() {
    if (database == null) {
      return;
    }
    database = null;
    if (back.state() == ReturnRule.State.UNCOVERED) {
      sayGap("the stream lacks events that have not come from the database", beginMicros);
    }
    List<Event> waiting = parked.takeAll();
    waiting.forEach(event -> delivered.add(EventKey.of(event), event, nowMicros()));
    log.publish(waiting);
    back.onEnd(nowMicros());
  }

  /** Whether the database is the source. Any thread, never waits. */
  boolean isDatabase() {
    return database != null;
  }

  /** The last mark of the source at hand; null before the first. Any thread, never waits. */
  @Nullable FeedMark lastMark() {
    return lastMark;
  }

  private void sayGap(String reason, long fromMicros) {
    LOG.warn("events may be missing: {}; everybody is told of a gap", Field.of("reason", reason));
    meters.gap();
    log.publish(List.of(StreamGap.event(fromMicros, nowMicros(), nanoClock.getAsLong())));
  }

  private long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
  }
}
