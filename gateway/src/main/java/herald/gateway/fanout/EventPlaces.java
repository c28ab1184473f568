package herald.gateway.fanout;

import herald.protocol.EventId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the event that a client names, and what of one user's events is not known to have been
 * pushed before it, on whichever instance the client was.
 *
 * <p>Instances push in the order of commits, which is the same everywhere. It is not where a
 * catch-up has found rows, or a replay, which go by the transactions; and around {@link
 * RowsBeside}. So what may have been pushed behind the event elsewhere is sent, though here it
 * stands before it.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class EventPlaces {
  private final BroadcastIndex broadcasts;
  private final RowsBeside beside = new RowsBeside();

  EventPlaces(BroadcastIndex broadcasts) {
    this.broadcasts = broadcasts;
  }

  /** An event has its place in the log. */
  void onIndexed(Event event) {
    beside.onIndexed(event);
  }

  /** A row was read beside the feed, and came to nothing before the event of this position. */
  void onBesideWithoutEvents(RowOrder row, long position, long nowNanos) {
    beside.onWithoutEvents(row, position, nowNanos);
  }

  /**
   * Where to begin behind a named event.
   *
   * @param first the position of the first event to be sent, or an earlier one
   * @param known what of the events from there on is not to be sent
   */
  record Place(long first, KnownEvents known) {}

  /**
   * Where to begin; null if the event is not one of the user's in memory, or memory does not have
   * all behind it.
   *
   * @param own the user's mailbox
   * @param confirmed all of the user's events below this position have been confirmed
   */
  @Nullable Place behind(EventId id, int userId, PositionRing.Writer own, long confirmed) {
    PositionRing.Writer all = broadcasts.events();
    Event named = find(id, own.ring());
    if (named == null) {
      named = broadcasts.find(id);
      if (named != null && !named.audience().contains(userId)) {
        return null;
      }
    }
    if (named == null
        || named.appendedAtNanos() < own.coveredSinceNanos()
        || named.appendedAtNanos() < all.coveredSinceNanos()) {
      return null;
    }
    Search search = new Search(named, userId, beside.since(named), confirmed);
    long first = Math.min(search.first(own.ring()), search.first(all.ring()));
    List<EventId> known = new ArrayList<>();
    if (first < named.position()) {
      search.addKnown(own.ring(), first, known);
      search.addKnown(all.ring(), first, known);
    }
    return new Place(first, KnownEvents.of(List.of(), known, null));
  }

  /** Whether an event, and so all before it, is too old to be in doubt. */
  private static boolean isPast(Event event, Event named) {
    return named.appendedAtNanos() - event.appendedAtNanos() > RowsBeside.LOOK_BACK_NANOS;
  }

  private static @Nullable Event find(EventId id, PositionRing ring) {
    for (long index = ring.tail() - 1; index >= ring.head(); index--) {
      Event event = ring.eventAt(index);
      if (event != null && id.equals(event.encoded().id())) {
        return event;
      }
    }
    return null;
  }

  /** What stands before the named event in the user's mailbox and among the broadcasts. */
  private record Search(Event named, int userId, long besideSinceNanos, long confirmed) {
    /** The position of the first event in doubt, or the one behind the named event. */
    long first(PositionRing ring) {
      long first = named.position() + 1;
      for (long index = ring.tail() - 1; index >= ring.head(); index--) {
        Event event = ring.eventAt(index);
        if (event == null || isPast(event, named)) {
          break;
        }
        if (event.position() < named.position() && isInDoubt(event) && isConcerned(event)) {
          first = event.position();
        }
      }
      return first;
    }

    /** Adds what is not in doubt from a position to the named event. */
    void addKnown(PositionRing ring, long first, List<EventId> known) {
      for (long index = ring.tail() - 1; index >= ring.head(); index--) {
        Event event = ring.eventAt(index);
        if (event == null || event.position() < first) {
          break;
        }
        EventId id = event.encoded().id();
        if (id != null && event.position() <= named.position() && !isInDoubt(event)) {
          known.add(id);
        }
      }
    }

    /** Of the events of a mailbox nobody asks any more whom they concern: the user. */
    private boolean isConcerned(Event event) {
      return !event.audience().isBroadcast() || event.audience().contains(userId);
    }

    /** Whether an event that stands before may have been pushed behind on another instance. */
    private boolean isInDoubt(Event event) {
      RowOrder row = event.row();
      if (isOfSameRow(event, named)) {
        return false;
      }
      boolean isBehindByRow =
          row.beganAfter(named.row())
              || (named.row().isBeside() && row.receivedAtNanos() > named.row().receivedAtNanos());
      boolean mayHaveWaited =
          row.receivedAtNanos() >= besideSinceNanos && event.position() >= confirmed;
      return isBehindByRow || mayHaveWaited;
    }
  }

  private static boolean isOfSameRow(Event one, Event other) {
    EventId id = one.encoded().id();
    EventId otherId = other.encoded().id();
    return id != null && otherId != null && id.isOfSameRow(otherId);
  }
}
