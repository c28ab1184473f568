package herald.gateway.feed;

import herald.gateway.fanout.Event;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.KnownEvents;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayMemory;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one user's replay while it is gathered: which events of the rows that are read are
 * the user's and are wanted, how many there may be, and up to when something is missing.
 */
final class ReplayAnswer {
  private static final long NOTHING_MISSING = Long.MIN_VALUE;

  /** Besides its text, with its row while the answer is gathered. */
  private static final long BYTES_OF_AN_EVENT = 512;

  private final int userId;
  private final long afterMicros;
  private final @Nullable ReplayAnchor anchor;
  private final EventBound bound;
  private final int maxEvents;
  private final ReplayMemory.Room room;
  private final List<Found> rows = new ArrayList<>();
  private final List<EventId> known = new ArrayList<>();
  private int events;
  private long missingUntilMicros = NOTHING_MISSING;

  /** What a row has come to. */
  private record Found(RpcLog row, long committedAtMicros, List<EncodedEvent> events) {}

  /**
   * @param afterMicros the client's moment
   * @param anchor the row of the event that the client has named; null if there is none
   * @param maxEvents what is beyond is missing
   * @param room what is beyond it is missing too; belongs to the answer when it is finished
   */
  ReplayAnswer(
      int userId,
      long afterMicros,
      @Nullable ReplayAnchor anchor,
      EventBound bound,
      int maxEvents,
      ReplayMemory.Room room) {
    this.userId = userId;
    this.afterMicros = afterMicros;
    this.anchor = anchor;
    this.bound = bound;
    this.maxEvents = maxEvents;
    this.room = room;
  }

  /**
   * Adds the user's part of a row's events; false if there is no room for it.
   *
   * @param committedAtMicros by the server's clock; 0 if that is not known
   */
  boolean add(RpcLog log, long committedAtMicros, List<Event> found) {
    List<EncodedEvent> own =
        found.stream()
            .filter(event -> event.audience().contains(userId))
            .map(Event::encoded)
            .toList();
    if (anchor != null) {
      own = behind(anchor, log, own);
    }
    if (own.stream().anyMatch(bound::isOver)) {
      missUntil(log.appliedAtMicros());
      return true;
    }
    if (own.isEmpty()) {
      return true;
    }
    if (events >= maxEvents || !room.take(bytes(own))) {
      missUntil(log.appliedAtMicros());
      return false;
    }
    rows.add(new Found(log.withoutText(), committedAtMicros, own));
    events += own.size();
    return true;
  }

  private static long bytes(List<EncodedEvent> encoded) {
    return encoded.stream().mapToLong(event -> BYTES_OF_AN_EVENT + event.length(0)).sum();
  }

  /** Those that are not known to have been pushed before the event that the client has named. */
  private List<EncodedEvent> behind(ReplayAnchor named, RpcLog log, List<EncodedEvent> concerning) {
    int first = named.isAfter(log) ? concerning.size() : 0;
    if (named.isRow(log)) {
      List<EventId> ids = concerning.stream().map(EncodedEvent::id).toList();
      first = ids.indexOf(named.event()) + 1;
    }
    for (EncodedEvent event : concerning.subList(0, first)) {
      EventId id = event.id();
      if (id != null) {
        known.add(id);
      }
    }
    return concerning.subList(first, concerning.size());
  }

  /** Something that the user may have missed up to this moment can't be had. */
  void missUntil(long micros) {
    missingUntilMicros = Math.max(missingUntilMicros, Math.max(micros, afterMicros));
  }

  /** What has been gathered. */
  Replay finish() {
    List<EncodedEvent> brought = inOrder();
    return new Replay(
        brought,
        KnownEvents.of(brought, known, anchor == null ? null : anchor.bound()),
        gap(),
        room);
  }

  /**
   * In the order of commits if the server keeps their times, else in that in which the transactions
   * began to write, as a catch-up reads: the times of different writers do not tell. Transaction
   * ids are compared as PostgreSQL does.
   */
  private List<EncodedEvent> inOrder() {
    if (rows.isEmpty()) {
      return List.of();
    }
    long near = rows.get(0).row().xid();
    rows.sort(
        Comparator.comparingLong(Found::committedAtMicros)
            .thenComparingInt(found -> (int) (found.row().xid() - near))
            .thenComparingLong(found -> found.row().appliedAtMicros())
            .thenComparing(found -> found.row().sig()));
    return rows.stream().flatMap(found -> found.events().stream()).toList();
  }

  private @Nullable Gap gap() {
    return missingUntilMicros == NOTHING_MISSING
        ? null
        : new Gap(instant(afterMicros), instant(missingUntilMicros), GapSource.DATABASE);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
