package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who has sent the texts that the log holds. When the log is full, texts of senders who have more
 * than a share of it go first, so that one sender can't push everybody's past out. The audience of
 * a blast to many counts like its text: it may be larger.
 *
 * <p>An event that loses its text keeps its position, so that nothing else changes: who still needs
 * it is sent a gap in its place. While the log is not full, nobody loses anything.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class SenderShares {
  /** One sender may hold this part of the log's bytes before its texts go first. */
  private static final int PARTS = 4;

  /** Gaps of this length are shared by all texts of a sender that fall into one. */
  private static final long GAP_MICROS = TimeUnit.SECONDS.toMicros(1);

  private final long shareBytes;
  private final IntObjectMap<Share> bySender = new IntObjectHashMap<>();
  private final Set<Share> tooLarge = new LinkedHashSet<>();
  private long textsLetGo;

  /** What one sender has in the log: the events that have their texts, from the oldest on. */
  private static final class Share {
    private final int sender;
    private long bytes;
    private @Nullable Event oldest;
    private @Nullable Event newest;

    /** The last one that lost its text and went to many; it may have left the log. */
    private @Nullable Event lastWideGap;

    private long gapSecond = Long.MIN_VALUE;
    private @Nullable EncodedEvent gap;

    private Share(int sender) {
      this.sender = sender;
    }
  }

  /**
   * @param logBytes what the log may hold
   */
  SenderShares(long logBytes) {
    shareBytes = logBytes / PARTS;
  }

  /** An event has been appended to the log. */
  void appended(Event event) {
    int sender = event.encoded().senderUserId();
    if (sender == EncodedEvent.NO_SENDER) {
      return;
    }
    Share share = bySender.get(sender);
    if (share == null) {
      share = new Share(sender);
      bySender.put(sender, share);
    }
    long bytes = event.contentBytes();
    if (share.bytes + bytes > shareBytes) {
      tooLarge.add(share);
    }
    if (share.newest == null) {
      share.oldest = event;
    } else {
      share.newest.setNextOfSender(event);
    }
    share.newest = event;
    share.bytes += bytes;
  }

  /** The oldest event of the log leaves it. */
  void left(Event event) {
    Share share = bySender.get(event.encoded().senderUserId());
    if (share != null && share.oldest == event) {
      takeOldest(share, event);
    }
  }

  private void takeOldest(Share share, Event event) {
    share.oldest = event.nextOfSender();
    // An old object that refers to a young one would keep that alive.
    event.setNextOfSender(null);
    share.bytes -= event.contentBytes();
    if (share.bytes <= shareBytes) {
      tooLarge.remove(share);
    }
    if (share.oldest == null) {
      bySender.remove(share.sender);
    }
  }

  /**
   * Lets the oldest text of a sender go who has more than its share, with the events that hold the
   * same text, and with their audiences.
   *
   * @param head the position of the oldest event in the log
   * @return how many bytes that has freed; 0 if nobody has more than its share
   */
  long letGo(long head) {
    if (tooLarge.isEmpty()) {
      return 0;
    }
    Share share = tooLarge.iterator().next();
    long freed = 0;
    EncodedEvent first = null;
    for (Event event = share.oldest;
        event != null && (first == null || event.encoded().sharesTextWith(first));
        event = share.oldest) {
      EncodedEvent text = event.encoded();
      takeOldest(share, event);
      freed += replace(share, event, head);
      first = first == null ? text : first;
      textsLetGo++;
    }
    return freed;
  }

  /** Puts a gap in the place of an event; how many bytes that has freed. */
  private static long replace(Share share, Event event, long head) {
    Event last = share.lastWideGap;
    if (last != null && last.position() < head) {
      last = null;
    }
    long before = event.contentBytes() + (last == null ? 0 : last.contentBytes());
    event.replaceBy(gap(share, event.relayedAtMicros()).inPlaceOf(event.encoded()));
    if (event.audience().isBroadcast()) {
      event.joinAudience(last);
      share.lastWideGap = event;
    }
    return before - event.contentBytes() - (last == null ? 0 : last.contentBytes());
  }

  /** Says that what was sent in the second of this moment may be missing. */
  private static EncodedEvent gap(Share share, long micros) {
    long second = Math.floorDiv(micros, GAP_MICROS);
    EncodedEvent gap = share.gap;
    if (gap == null || second != share.gapSecond) {
      gap = EventEncoder.gap(instant(second * GAP_MICROS), instant((second + 1) * GAP_MICROS));
      share.gap = gap;
      share.gapSecond = second;
    }
    return gap;
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Events that have lost their text. */
  long textsLetGo() {
    return textsLetGo;
  }
}
