package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayMemory;
import herald.gateway.fanout.ReplayRequest;
import herald.protocol.EventId;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One user's past, read from one database. Whom each rpc log concerns is decided as for any other,
 * by the membership of now. Bounded in events, in bytes and in time; what is beyond is said as a
 * gap. Any thread.
 *
 * <p>The client's moment and the rows' times come from different clocks. So the reading begins
 * earlier than the moment, by more than clocks are expected to differ: what is sent once more is
 * shown once, what is left out would be lost.
 */
final class ReplayReader implements UserReplay.Reader {
  /** Where rows are read from: chosen anew for each replay. */
  @FunctionalInterface
  interface Source {
    DataSource choose();
  }

  private final Source source;
  private final EventFactory factory;
  private final EventBound bound;
  private final FeedSettings feed;
  private final ReplaySettings settings;
  private final ReplayMemory memory;
  private final IntSupplier cluster;
  private final InstantSource clock;

  /**
   * @param memory bounds what is read and not sent yet
   * @param cluster tells of which history of the database transaction ids are at the moment
   */
  ReplayReader(
      Source source,
      FeedSettings feed,
      ReplaySettings settings,
      ReplayMemory memory,
      IntSupplier cluster,
      InstantSource clock) {
    this.source = source;
    this.memory = memory;
    this.cluster = cluster;
    this.feed = feed;
    this.settings = settings;
    this.clock = clock;
    factory = new EventFactory(feed);
    bound = new EventBound(feed.maxEventBytes().bytes());
  }

  /** What the user may have missed. */
  @Override
  public Replay read(ReplayRequest request, long untilNanos, BooleanSupplier isWanted)
      throws SQLException {
    ReplayMemory.Room room = memory.room(request.userId());
    try {
      return read(request, untilNanos, isWanted, room);
    } catch (Throwable e) {
      room.close();
      throw e;
    }
  }

  private Replay read(
      ReplayRequest request, long untilNanos, BooleanSupplier isWanted, ReplayMemory.Room room)
      throws SQLException {
    long xmin = request.cluster() == cluster.getAsInt() ? request.xmin() : 0;
    DataSource database = source.choose();
    EventId event = request.event();
    ReplayAnchor anchor =
        event == null ? null : ReplayAnchor.find(database, new RpcLogReader(database, null), event);
    long afterMicros = since(request, anchor);
    long oldestMicros = micros(clock.instant().minusMillis(settings.maxAgeMillis()));
    ReplayAnswer answer =
        new ReplayAnswer(request.userId(), afterMicros, anchor, bound, settings.maxEvents(), room);
    if (afterMicros < oldestMicros) {
      answer.missUntil(oldestMicros);
    }
    new ReplayReading(
            database,
            request.userId(),
            factory,
            feed.queryTimeoutMillis(),
            answer,
            () -> System.nanoTime() - untilNanos > 0 || !isWanted.getAsBoolean())
        .run(wanted(Math.max(afterMicros, oldestMicros), xmin, anchor));
    return answer.finish();
  }

  /** An event that is not there, with its time, may be of nobody's making. */
  private long since(ReplayRequest request, @Nullable ReplayAnchor anchor) {
    return request.event() == null || anchor != null
        ? request.afterMicros()
        : Math.min(request.afterMicros(), micros(clock.instant()));
  }

  private static ReplayCandidates.Wanted wanted(
      long afterMicros, long xmin, @Nullable ReplayAnchor anchor) {
    long sinceMicros = afterMicros - Replay.CLOCK_TOLERANCE_MICROS;
    return anchor == null
        ? ReplayCandidates.Wanted.since(sinceMicros, xmin)
        : new ReplayCandidates.Wanted(sinceMicros, anchor.fullXid(), anchor.sinceMicros());
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}
