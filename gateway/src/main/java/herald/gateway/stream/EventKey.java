package herald.gateway.stream;

import herald.gateway.fanout.Event;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import org.jspecify.annotations.Nullable;

/**
 * What tells an event from all others, 64 bits: the same wherever its row is read, from the
 * database or from the stream.
 */
public final class EventKey {
  private static final long PRIME = 0x100000001b3L;

  private EventKey() {}

  /** Of an event of the feed. */
  public static long of(Event event) {
    return of(event.encoded().id(), event.relayedAtMicros(), event.encoded());
  }

  /** Of an event that stands in the stream. */
  public static long of(OneEvent event) {
    return event.id() != null
        ? event.id().key()
        : of(event.relayedAtMicros(), event.head(), event.middle());
  }

  private static long of(@Nullable EventId id, long relayedAtMicros, EncodedEvent encoded) {
    return id != null ? id.key() : of(relayedAtMicros, encoded.head(), encoded.middle());
  }

  /** Of what the gateway itself has to say: the same is the same. */
  private static long of(long relayedAtMicros, byte[] head, byte[] middle) {
    long hash = relayedAtMicros * PRIME;
    for (byte[] bytes : new byte[][] {head, middle}) {
      for (byte each : bytes) {
        hash = (hash ^ each) * PRIME;
      }
    }
    return hash;
  }
}
