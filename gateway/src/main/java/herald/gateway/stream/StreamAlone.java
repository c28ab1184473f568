package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.feed.FeedMark;
import herald.gateway.metrics.StreamMeters;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The output of an instance that reads nothing but the stream: into the event log. When the stream
 * has lost its end, relays publish again what was lost, and for that time what is in the log is
 * known and left out; what was stamped by a clock that is ahead, always. Reader's thread.
 */
final class StreamAlone implements StreamOutput {
  /** Longer than a relay goes back that starts, or that reads again after a fail-over. */
  private static final long EXPECTED_MICROS = TimeUnit.MINUTES.toMicros(15);

  private final EventLogAccess log;
  private final StreamMeters meters;
  private final InstantSource clock;

  private final AheadEvents ahead = new AheadEvents();

  /**
   * The database's clock, as the last mark says it. Before the first one any row may be stamped
   * ahead of it.
   */
  private long databaseMicros = Long.MIN_VALUE;

  /** What was in the log when the stream had lost its end; null if nothing is expected again. */
  private @Nullable PublishedEvents known;

  /** Behind a mark that is later, nothing from before is published again. */
  private long knownUntilMicros;

  StreamAlone(EventLogAccess log, StreamMeters meters, InstantSource clock) {
    this.log = log;
    this.meters = meters;
    this.clock = clock;
  }

  @Override
  public void publish(List<Event> events) {
    log.publish(news(events));
  }

  @Override
  public void publishPast(List<Event> events, long appendedAtNanos) {
    log.publishPast(news(events), appendedAtNanos);
  }

  private List<Event> news(List<Event> events) {
    List<Event> news = events.stream().filter(this::isNews).toList();
    meters.repeated(events.size() - news.size());
    return news;
  }

  private boolean isNews(Event event) {
    long key = EventKey.of(event);
    PublishedEvents again = known;
    if (ahead.contains(key) || (again != null && again.contains(key))) {
      return false;
    }
    ahead.add(key, event.appliedAtMicros(), databaseMicros);
    return true;
  }

  @Override
  public boolean onMark(FeedMark mark) {
    databaseMicros = mark.point().clockMicros();
    ahead.onTime(databaseMicros);
    if (known != null && mark.point().clockMicros() > knownUntilMicros) {
      known = null;
    }
    return true;
  }

  @Override
  public boolean onMissing() {
    return true;
  }

  @Override
  public void onRewound() {
    PublishedEvents all = new PublishedEvents(TimeUnit.DAYS.toMillis(1));
    log.forEach(event -> all.add(EventKey.of(event), 0, 0));
    known = all;
    knownUntilMicros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()) + EXPECTED_MICROS;
  }
}
