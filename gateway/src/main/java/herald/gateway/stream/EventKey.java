package herald.gateway.stream;

import herald.gateway.fanout.Audience;
import herald.gateway.fanout.Event;
import herald.gateway.stream.StreamMessage.OneEvent;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import java.util.Arrays;
import org.roaringbitmap.RoaringBitmap;

/**
 * What tells an event from all others, 64 bits: the same wherever its row is read, from the
 * database or from the stream.
 */
public final class EventKey {
  private static final long PRIME = 0x100000001b3L;

  private EventKey() {}

  /** Of an event of the feed. */
  public static long of(Event event) {
    EncodedEvent encoded = event.encoded();
    EventId id = encoded.id();
    return id != null
        ? id.key()
        : of(event.relayedAtMicros(), event.audience(), encoded.head(), encoded.middle());
  }

  /** Of an event that stands in the stream. */
  public static long of(OneEvent event) {
    return event.id() != null
        ? event.id().key()
        : of(event.relayedAtMicros(), event.audience(), event.head(), event.middle());
  }

  /** Of what the gateway itself has to say: the same to the same users is the same. */
  private static long of(long relayedAtMicros, Audience audience, byte[] head, byte[] middle) {
    long hash = (relayedAtMicros * PRIME ^ of(audience)) * PRIME;
    for (byte[] bytes : new byte[][] {head, middle}) {
      for (byte each : bytes) {
        hash = (hash ^ each) * PRIME;
      }
    }
    return hash;
  }

  /** What tells audiences apart well enough, without a look at millions of users. */
  private static long of(Audience audience) {
    RoaringBitmap bitmap = audience.bitmap();
    if (bitmap == null) {
      return Arrays.hashCode(audience.users());
    }
    return bitmap.isEmpty()
        ? 0
        : (bitmap.getLongCardinality() * PRIME ^ bitmap.first()) * PRIME ^ bitmap.last();
  }
}
