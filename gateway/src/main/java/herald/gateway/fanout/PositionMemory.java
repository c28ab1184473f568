package herald.gateway.fanout;

import herald.gateway.fanout.RememberedPositions.Remembered;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.function.ObjLongConsumer;

/**
 * The remembered positions of all users in the order in which their connections ended: bounded by
 * the retention and in number, the oldest goes first. Which position a user's connection gets is
 * decided by {@link RememberedPositions}.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class PositionMemory {
  /** More than a user has devices and tabs: all of them are looked at under the lock. */
  static final int MAX_PER_USER = 100;

  private final long retentionNanos;
  private final int maxRemembered;
  private final MemoryFigures figures;
  private final ObjLongConsumer<Mailbox> onForgotten;
  private final LinkedHashSet<Remembered> byAge = new LinkedHashSet<>();

  /**
   * @param onForgotten called with the mailbox of each position that goes because of a bound, and
   *     the time
   */
  PositionMemory(MemoryLimits limits, MemoryFigures figures, ObjLongConsumer<Mailbox> onForgotten) {
    retentionNanos = limits.retentionNanos();
    maxRemembered = limits.maxRemembered();
    this.figures = figures;
    this.onForgotten = onForgotten;
  }

  /** Remembers how far an ended connection had got. */
  void remember(Remembered entry, long nowNanos) {
    Mailbox mailbox = entry.mailbox();
    if (mailbox.remembered().size() == MAX_PER_USER) {
      figures.rememberedForcedOut();
      retire(mailbox.remembered().oldest());
    }
    mailbox.remembered().add(entry);
    byAge.add(entry);
    if (byAge.size() > maxRemembered) {
      figures.rememberedForcedOut();
      forgetOldest(nowNanos);
    }
    figures.remembered(byAge.size());
  }

  /** Forgets a position, which a connection has made good. */
  void retire(Remembered retired) {
    retired.mailbox().remembered().remove(retired);
    byAge.remove(retired);
    figures.remembered(byAge.size());
  }

  /** Forgets the positions that are older than the retention. */
  void forgetPast(long nowNanos) {
    while (!byAge.isEmpty() && nowNanos - byAge.iterator().next().endedAtNanos() > retentionNanos) {
      forgetOldest(nowNanos);
    }
    figures.remembered(byAge.size());
  }

  private void forgetOldest(long nowNanos) {
    Iterator<Remembered> oldestFirst = byAge.iterator();
    Remembered oldest = oldestFirst.next();
    oldestFirst.remove();
    Mailbox mailbox = oldest.mailbox();
    mailbox.remembered().remove(oldest);
    onForgotten.accept(mailbox, nowNanos);
  }
}
