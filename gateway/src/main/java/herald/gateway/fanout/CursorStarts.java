package herald.gateway.fanout;

import herald.protocol.EventId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a connection starts: at the oldest remembered position of its device, at the oldest
 * that an open connection of its device has confirmed, and at least the replay time back; further
 * back, if the client says so, from memory or from the database.
 *
 * <p>An open connection may be dead without anybody's knowing yet, and the new one its successor;
 * one that is alive confirms within the replay time, and so costs nothing. The replay time serves a
 * device that comes from another instance whose word has not come yet.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class CursorStarts {
  private final EventLog.Writer log;
  private final BroadcastIndex broadcasts;
  private final PeerPositions peers;
  private final MemoryLimits limits;
  private final MemoryFigures figures;
  private final EventPlaces places;
  private final GapFinder gaps;

  CursorStarts(
      EventLog.Writer log,
      BroadcastIndex broadcasts,
      PeerPositions peers,
      MemoryLimits limits,
      MemoryFigures figures) {
    this.log = log;
    this.broadcasts = broadcasts;
    this.peers = peers;
    this.limits = limits;
    this.figures = figures;
    places = new EventPlaces(broadcasts);
    gaps = new GapFinder(broadcasts, limits);
  }

  /** An event has its place in the log. */
  void onIndexed(Event event) {
    places.onIndexed(event);
  }

  /** A row was read beside the feed and came to nothing. */
  void onBesideWithoutEvents(RowOrder row, long nowNanos) {
    places.onBesideWithoutEvents(row, log.log().tail(), nowNanos);
  }

  /** The start of this connection, whose user has this mailbox. */
  CursorStart find(Cursor cursor, Mailbox mailbox, long nowNanos, Instant now) {
    PositionRing.Writer own = mailbox.events();
    PositionRing.Writer all = broadcasts.events();
    own.forgetReleased();
    all.forgetReleased();
    Unconfirmed unconfirmed = unconfirmed(cursor, mailbox);
    EventId named = cursor.subscriber().afterEvent();
    EventPlaces.Place place =
        named == null ? null : places.behind(named, cursor.userId(), own, confirmed(unconfirmed));
    if (place != null) {
      return start(cursor, mailbox, place);
    }
    long oldest = Math.min(unconfirmed.position(), log.log().tail());
    Gap gap = gaps.since(oldest, own, now);
    long from = Math.min(oldest, log.firstSince(nowNanos - limits.replayNanos()));
    long firstOwn = own.firstFrom(from);
    long firstBroadcast = all.firstFrom(from);
    boolean needsDatabase = false;
    ReplayRequest request = request(cursor.userId(), unconfirmed.beforeTheLog());
    long afterMicros = cursor.subscriber().afterMicros();
    if (named != null) {
      request = ReplayRequest.behind(cursor.userId(), named);
    } else if (afterMicros != Subscriber.NO_AFTER) {
      long exact = firstRelayedAt(afterMicros, own, cursor.userId());
      needsDatabase = exact == PositionRing.NONE && !covers(own, afterMicros, nowNanos, now);
      if (exact != PositionRing.NONE) {
        firstOwn = Math.min(firstOwn, own.firstFrom(exact));
        firstBroadcast = Math.min(firstBroadcast, all.firstFrom(exact));
      } else if (!needsDatabase) {
        long since = log.firstSince(nowNanos - readBackNanos(afterMicros, now));
        firstOwn = Math.min(firstOwn, own.firstFrom(since));
        firstBroadcast = Math.min(firstBroadcast, all.firstFrom(since));
      }
      if (needsDatabase) {
        request = request(cursor, request);
      }
      // What the client said, or the database, is more than what is remembered of it.
      gap = null;
    }
    if (request != null) {
      needsDatabase = true;
      gap = null;
    } else if (gap == null && afterMicros == Subscriber.NO_AFTER) {
      gap = gaps.ofAbsence(cursor.device(), mailbox, now);
    }
    boolean isRemembered = isRemembered(cursor, mailbox);
    return new CursorStart(
        reader(
            cursor,
            mailbox,
            firstOwn,
            firstBroadcast,
            request == null ? null : new DatabaseReplay(request)),
        retiresAt(isRemembered),
        unconfirmed.beforeTheLog(),
        gap,
        past(origin(needsDatabase, isRemembered)));
  }

  /**
   * The start of a connection whose client has named an event: exactly there, whatever is known of
   * its device.
   */
  private CursorStart start(Cursor cursor, Mailbox mailbox, EventPlaces.Place place) {
    PositionRing.Writer own = mailbox.events();
    return new CursorStart(
        reader(
            cursor,
            mailbox,
            own.firstFrom(place.first()),
            broadcasts.events().firstFrom(place.first()),
            place.known().isEmpty() ? null : DatabaseReplay.without(place.known())),
        retiresAt(isRemembered(cursor, mailbox)),
        null,
        null,
        past(ReplayOrigin.MEMORY));
  }

  private EventReader reader(
      Cursor cursor,
      Mailbox mailbox,
      long firstOwn,
      long firstBroadcast,
      @Nullable DatabaseReplay replay) {
    return new EventReader(
        log.log(),
        cursor.userId(),
        mailbox.events().ring(),
        firstOwn,
        broadcasts.ring(),
        firstBroadcast,
        mailbox.newestConfirmed(cursor.device()),
        replay);
  }

  /** Whether a position of its device is remembered, which the connection is to retire. */
  private static boolean isRemembered(Cursor cursor, Mailbox mailbox) {
    return mailbox.remembered().newest(cursor.device()) != null;
  }

  private long retiresAt(boolean isRemembered) {
    return isRemembered ? log.log().indexedUntil() : ClientProgress.NOTHING_TO_RETIRE;
  }

  private PastEvents past(ReplayOrigin origin) {
    return new PastEvents(origin, log.log().indexedUntil(), figures);
  }

  /** Below which position all has been confirmed; that of nothing if nothing is known. */
  private static long confirmed(Unconfirmed unconfirmed) {
    boolean isKnown =
        unconfirmed.position() != PositionRing.NONE && unconfirmed.beforeTheLog() == null;
    return isKnown ? unconfirmed.position() : 0;
  }

  /**
   * How far the device has confirmed. One of which nothing is known may be one of an instance of
   * which not all is known.
   */
  private Unconfirmed unconfirmed(Cursor cursor, Mailbox mailbox) {
    long heldFrom = log.firstSince(mailbox.events().coveredSinceNanos());
    Unconfirmed known = mailbox.oldestUnconfirmed(cursor.device(), heldFrom);
    CommitPlace doubt = peers.doubt();
    return doubt == null || mailbox.knows(cursor.device()) ? known : known.and(doubt, heldFrom);
  }

  private static @Nullable ReplayRequest request(int userId, @Nullable CommitPlace beforeTheLog) {
    return beforeTheLog == null
        ? null
        : new ReplayRequest(
            userId, beforeTheLog.clockMicros(), beforeTheLog.xmin(), beforeTheLog.cluster(), null);
  }

  /** What the client itself has asked for, and what is known of it besides. */
  private static ReplayRequest request(Cursor cursor, @Nullable ReplayRequest known) {
    long said = cursor.subscriber().afterMicros();
    return ReplayRequest.since(
        cursor.userId(), known == null ? said : Math.min(said, known.afterMicros()));
  }

  private static ReplayOrigin origin(boolean needsDatabase, boolean isRemembered) {
    if (needsDatabase) {
      return ReplayOrigin.DATABASE;
    }
    return isRemembered ? ReplayOrigin.REMEMBERED : ReplayOrigin.MEMORY;
  }

  /**
   * The position of the first event of the user with exactly this timestamp; {@link
   * PositionRing#NONE} if there is none. A client that says the timestamp of an event that it has
   * names a place in the order of commits, whatever the clocks say: before that event it has had
   * all.
   */
  private long firstRelayedAt(long micros, PositionRing.Writer own, int userId) {
    for (long index = own.ring().head(); index < own.ring().tail(); index++) {
      Event event = own.ring().eventAt(index);
      if (event != null && event.relayedAtMicros() == micros) {
        return event.position();
      }
    }
    return broadcasts.firstRelayedAt(micros, userId, own.coveredSinceNanos());
  }

  /** Whether memory has all that may be later than a moment of the client's, by any clock. */
  private boolean covers(PositionRing.Writer own, long afterMicros, long nowNanos, Instant now) {
    long coveredSince = Math.max(own.coveredSinceNanos(), broadcasts.events().coveredSinceNanos());
    return agoNanos(afterMicros, now) <= nowNanos - coveredSince;
  }

  /** How long ago a moment of the client's may be, by any clock; negative if it is to come. */
  private static long agoNanos(long afterMicros, Instant now) {
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    return TimeUnit.MICROSECONDS.toNanos(nowMicros - afterMicros + Replay.CLOCK_TOLERANCE_MICROS);
  }

  /**
   * How far back what is in memory is sent to a client that was there until a moment. When an event
   * was appended is known by this clock, and so the place is found without looking at all events;
   * it is by the tolerance further back, as this clock may be the one that is wrong.
   */
  private static long readBackNanos(long afterMicros, Instant now) {
    return Math.max(0, agoNanos(afterMicros, now))
        + TimeUnit.MICROSECONDS.toNanos(Replay.CLOCK_TOLERANCE_MICROS);
  }
}
