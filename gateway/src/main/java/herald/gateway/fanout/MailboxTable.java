package herald.gateway.fanout;

import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Which users have a mailbox: makes those that are missing, and lets go those that nobody claims
 * when their time has passed. Dispatch lock, as all of {@link Mailboxes}.
 */
final class MailboxTable {
  private final EventLog.Writer log;
  private final long unclaimedNanos;
  private final long replayNanos;
  private final MemoryFigures figures;
  private final IsolatedFailures failures;
  private final IntObjectMap<Mailbox> byUser = new IntObjectHashMap<>();
  private final ArrayDeque<Mailbox> unclaimed = new ArrayDeque<>();

  /** All that has been published since is in the mailboxes. */
  private long beganNanos;

  /** Whether no mailbox has been let go since a log began that reaches into the past. */
  private boolean keepsAll;

  private long keepsAllUntilNanos;

  MailboxTable(
      EventLog.Writer log, MemoryLimits limits, MemoryFigures figures, IsolatedFailures failures) {
    this.log = log;
    this.figures = figures;
    this.failures = failures;
    unclaimedNanos = limits.unclaimedNanos();
    replayNanos = limits.replayNanos();
  }

  /**
   * The log begins in the past, at this moment. For some time no mailbox is let go: what other
   * instances say of these users is still to come.
   */
  void beginAt(long nanos, long nowNanos) {
    beganNanos = nanos;
    keepsAll = true;
    keepsAllUntilNanos = nowNanos + unclaimedNanos;
  }

  /** The user's mailbox; null if there is none. */
  @Nullable Mailbox get(int userId) {
    return byUser.get(userId);
  }

  Collection<Mailbox> values() {
    return byUser.values();
  }

  /**
   * The user's mailbox, which is made if there is none.
   *
   * @param hadConnections whether a connection has ever begun
   */
  Mailbox obtain(int userId, long nowNanos, boolean hadConnections) {
    Mailbox mailbox = byUser.get(userId);
    if (mailbox == null) {
      if (byUser.isEmpty() && !hadConnections && !keepsAll) {
        // The feed begins with what was committed during the replay time.
        beganNanos = nowNanos - replayNanos;
      }
      mailbox = new Mailbox(userId, log, sinceNanos(nowNanos));
      byUser.put(userId, mailbox);
      list(mailbox, nowNanos);
      figures.mailboxes(byUser.size());
    }
    return mailbox;
  }

  /** Since when all is in a mailbox that is made now. */
  private long sinceNanos(long nowNanos) {
    long sinceNanos = nowNanos - unclaimedNanos;
    return !keepsAll && sinceNanos - beganNanos > 0 ? sinceNanos : beganNanos;
  }

  /** A mailbox is claimed less than before. */
  void onForgotten(Mailbox mailbox, long nowNanos) {
    if (!mailbox.isClaimed() && mailbox.listFor(nowNanos)) {
      // Looked at with the next beat: its last event may be old.
      unclaimed.addFirst(mailbox);
    }
  }

  /** Has a mailbox looked at when it can go, if its last event was appended then. */
  private void list(Mailbox mailbox, long newestNanos) {
    if (mailbox.listFor(newestNanos + unclaimedNanos + 1)) {
      unclaimed.add(mailbox);
    }
  }

  /** Lets go what nobody claims and time has passed by. */
  void expire(long nowNanos) {
    if (keepsAll && nowNanos - keepsAllUntilNanos < 0) {
      figures.mailboxes(byUser.size());
      return;
    }
    keepsAll = false;
    while (!unclaimed.isEmpty() && nowNanos - unclaimed.element().lookAtNanos() >= 0) {
      Mailbox mailbox = unclaimed.remove();
      mailbox.unlist();
      try {
        if (!mailbox.isClaimed()) {
          expire(mailbox, nowNanos);
        }
      } catch (Throwable e) {
        failures.isolated(Place.EXPIRY, e);
        list(mailbox, nowNanos);
      }
    }
    figures.mailboxes(byUser.size());
  }

  /** Lets a mailbox go that nobody claims, if its time has passed. */
  private void expire(Mailbox mailbox, long nowNanos) {
    long newest = mailbox.events().newestAppendedAtNanos(nowNanos - unclaimedNanos - 1);
    if (nowNanos - newest > unclaimedNanos) {
      byUser.remove(mailbox.userId());
    } else {
      list(mailbox, newest);
    }
  }
}
