package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is not to be sent from memory, since the database has brought it, or since the
 * client has named a later event. Kept as long as the connection lasts, as nobody can say how late
 * the feed comes with what the database has brought: 8 bytes for an event. Immutable.
 */
public final class KnownEvents {
  private final long[] keys;
  private final @Nullable Bound bound;

  /**
   * What is known whatever its id.
   *
   * @param appliedAtMicros events of rows that were applied before, by their writers' clocks,
   * @param xid and whose transaction began to write before this one, lower 32 bits
   */
  public record Bound(long appliedAtMicros, int xid) {}

  private KnownEvents(long[] keys, @Nullable Bound bound) {
    this.keys = keys;
    this.bound = bound;
  }

  /** The events that a replay has brought. */
  static KnownEvents of(List<EncodedEvent> brought) {
    return of(brought, List.of(), null);
  }

  /**
   * The same with others.
   *
   * @param leftOut what the client has
   * @param bound what the client has besides; null if that is not known
   */
  public static KnownEvents of(
      List<EncodedEvent> brought, Collection<EventId> leftOut, @Nullable Bound bound) {
    return new KnownEvents(
        Stream.concat(
                brought.stream().map(EncodedEvent::id).filter(Objects::nonNull), leftOut.stream())
            .mapToLong(EventId::key)
            .sorted()
            .toArray(),
        bound);
  }

  /** Whether there is none. */
  boolean isEmpty() {
    return keys.length == 0 && bound == null;
  }

  boolean has(Event event) {
    EventId id = event.encoded().id();
    return id != null
        && (Arrays.binarySearch(keys, id.key()) >= 0
            || (bound != null
                && event.row().xid() != 0
                && event.row().xid() - bound.xid() < 0
                && id.appliedAtMicros() < bound.appliedAtMicros()));
  }
}
