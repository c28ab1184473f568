package herald.gateway.fanout;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a connection starts: at the oldest remembered position of its user, at the oldest
 * that an open connection has confirmed, and at least the replay time back; further back, if the
 * client says so, from memory or from the database.
 *
 * <p>An open connection may be dead without anybody's knowing yet, and the new one its successor;
 * one that is alive confirms within the replay time, and so costs nothing. The replay time serves a
 * device that comes from another instance.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class CursorStarts {
  private final EventLog.Writer log;
  private final BroadcastIndex broadcasts;
  private final MemoryLimits limits;
  private final MemoryFigures figures;

  CursorStarts(
      EventLog.Writer log, BroadcastIndex broadcasts, MemoryLimits limits, MemoryFigures figures) {
    this.log = log;
    this.broadcasts = broadcasts;
    this.limits = limits;
    this.figures = figures;
  }

  /** The start of this connection, whose user has this mailbox. */
  CursorStart find(Cursor cursor, Mailbox mailbox, long nowNanos, Instant now) {
    PositionRing.Writer own = mailbox.events();
    PositionRing.Writer all = broadcasts.events();
    own.forgetReleased();
    all.forgetReleased();
    long oldest = mailbox.oldestUnconfirmed(log.log().tail());
    Gap gap = gapSince(oldest, own, now);
    long from = Math.min(oldest, log.firstSince(nowNanos - limits.replayNanos()));
    long firstOwn = own.firstFrom(from);
    long firstBroadcast = all.firstFrom(from);
    boolean needsDatabase = false;
    ReplayOrigin origin = null;
    long afterMicros = cursor.afterMicros();
    if (afterMicros != Cursor.NO_AFTER) {
      long exact = firstRelayedAt(afterMicros, own, cursor.userId());
      needsDatabase = exact == PositionRing.NONE && !covers(own, afterMicros, nowNanos, now);
      if (exact != PositionRing.NONE) {
        firstOwn = Math.min(firstOwn, own.firstFrom(exact));
        firstBroadcast = Math.min(firstBroadcast, all.firstFrom(exact));
      } else if (!needsDatabase) {
        long sinceMicros = afterMicros - Replay.CLOCK_TOLERANCE_MICROS;
        firstOwn = Math.min(firstOwn, own.firstRelayedSince(sinceMicros));
        firstBroadcast = Math.min(firstBroadcast, all.firstRelayedSince(sinceMicros));
      }
      // What the client said, or the database, is more than what is remembered of it.
      gap = null;
    }
    boolean isRemembered = !mailbox.remembered().isEmpty();
    if (needsDatabase
        || firstOwn < own.ring().tail()
        || broadcasts.concerns(cursor.userId(), firstBroadcast)) {
      origin = origin(needsDatabase, isRemembered);
      figures.replayed(origin);
    }
    return new CursorStart(
        new EventReader(
            log.log(),
            cursor.userId(),
            own.ring(),
            firstOwn,
            all.ring(),
            firstBroadcast,
            needsDatabase ? new DatabaseReplay() : null),
        isRemembered ? log.log().indexedUntil() : ClientProgress.NOTHING_TO_RETIRE,
        gap,
        origin);
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
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    long agoNanos = (nowMicros - afterMicros + Replay.CLOCK_TOLERANCE_MICROS) * 1_000;
    long coveredSince = Math.max(own.coveredSinceNanos(), broadcasts.events().coveredSinceNanos());
    return nowNanos - agoNanos >= coveredSince;
  }

  /**
   * What may be missing for good from {@code oldest} on; null if nothing. Whom a broadcast
   * concerned that has left the log is not known: it may be missing.
   */
  private @Nullable Gap gapSince(long oldest, PositionRing.Writer own, Instant now) {
    PositionRing.Writer all = broadcasts.events();
    boolean ownLeft = oldest < own.forgottenBelow();
    boolean broadcastLeft = oldest < all.forgottenBelow();
    if (!ownLeft && !broadcastLeft) {
      return null;
    }
    Instant ownHeld = ownLeft ? oldestHeld(own, now) : Instant.MIN;
    Instant broadcastHeld = broadcastLeft ? oldestHeld(all, now) : Instant.MIN;
    Instant held = ownHeld.isAfter(broadcastHeld) ? ownHeld : broadcastHeld;
    return new Gap(now.minus(Duration.ofNanos(limits.retentionNanos())), held);
  }

  private static Instant oldestHeld(PositionRing.Writer events, Instant now) {
    Event oldest = events.oldest();
    return oldest == null ? now : Instant.EPOCH.plusNanos(oldest.relayedAtMicros() * 1_000);
  }
}
