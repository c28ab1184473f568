package herald.gateway.fanout;

import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;

/**
 * All mailboxes: who has one and since when, and which event goes into which.
 *
 * <p>A user has a mailbox while a connection is open, while the position of an ended one is
 * remembered, and for the replay time after any event. The last kind is what serves a user who was
 * not known: it goes when the replay time has passed and nobody has come. A broadcast is in no
 * mailbox but in the broadcast index, at which every cursor looks.
 *
 * <p>Not thread-safe: it is reached only through a field that the dispatch lock guards, and so is
 * all that it is made of, but for the figures.
 */
final class Mailboxes {
  private final EventLog.Writer log;
  private final long replayNanos;
  private final MemoryFigures figures;
  private final IsolatedFailures failures;
  private final BroadcastIndex broadcasts;
  private final PositionMemory positions;
  private final CursorStarts starts;
  private final IntObjectMap<Mailbox> byUser = new IntObjectHashMap<>();
  private final ArrayDeque<Mailbox> unclaimed = new ArrayDeque<>();

  /**
   * @param log what the mailboxes refer to
   * @param failures what could not be done for one mailbox alone
   */
  Mailboxes(
      EventLog.Writer log, MemoryLimits limits, MemoryFigures figures, IsolatedFailures failures) {
    this.log = log;
    this.figures = figures;
    this.failures = failures;
    replayNanos = limits.replayNanos();
    broadcasts = new BroadcastIndex(log);
    positions = new PositionMemory(limits, figures, this::onForgotten);
    starts = new CursorStarts(log, broadcasts, limits, figures);
  }

  // ---- Events ----

  /**
   * Puts the event that was appended last where those look whom it concerns: into their mailboxes,
   * or, if it is a broadcast, into the broadcast index.
   *
   * @param batch gets the connections whose mailbox has got something
   */
  void index(Event event, Batch batch) {
    if (event.audience().isBroadcast()) {
      broadcasts.events().append(event.position());
    } else {
      for (int user : event.audience().users()) {
        index(event, user, batch);
      }
      event.forgetAudience();
    }
    log.allIndexed();
  }

  private void index(Event event, int user, Batch batch) {
    Mailbox mailbox = null;
    try {
      mailbox = obtain(user, event.appendedAtNanos());
      mailbox.events().append(event.position());
    } catch (Throwable e) {
      failures.isolated(Place.MAILBOX, e);
      if (mailbox == null) {
        // A user without a connection and without a remembered position: nothing was promised.
        return;
      }
      mailbox.events().missed(event.position() + 1, event.appendedAtNanos());
    }
    batch.touch(mailbox);
  }

  /**
   * An event could not be put where those look whom it concerns. None of them goes on as if nothing
   * had been: their connections are lost, and the next ones begin with a gap.
   *
   * @param batch gets the connections that are lost, so that they find out
   */
  void missed(Event event, Batch batch, long nowNanos) {
    long belowPosition = log.log().tail() + 1;
    for (Mailbox mailbox : byUser.values()) {
      if (event.audience().contains(mailbox.userId())) {
        mailbox.events().missed(belowPosition, nowNanos);
        batch.touch(mailbox);
      }
    }
    log.allIndexed();
  }

  // ---- Connections ----

  /** Gives a new connection its position; with what is returned, it starts on its event loop. */
  CursorStart open(Cursor cursor, long nowNanos, Instant now) {
    positions.forgetPast(nowNanos);
    Mailbox mailbox = obtain(cursor.userId(), nowNanos);
    CursorStart start = starts.find(cursor, mailbox, nowNanos, now);
    mailbox.add(cursor);
    cursor.placeAt(start);
    figures.cursorOpened(mailbox.cursors().length == 1);
    return start;
  }

  /** Lets a connection go and remembers how far its client had confirmed. */
  void close(Cursor cursor, long nowNanos) {
    Mailbox mailbox = byUser.get(cursor.userId());
    if (mailbox == null || !mailbox.remove(cursor)) {
      return;
    }
    figures.cursorClosed(mailbox.cursors().length == 0);
    if (cursor.isToRetire() && !mailbox.remembered().isEmpty()) {
      // A position is remembered already that stands for this connection.
      return;
    }
    positions.remember(mailbox, cursor.acknowledged(), nowNanos);
  }

  /** Forgets one remembered position of this connection's user, which it has made good. */
  void retire(Cursor cursor) {
    Mailbox mailbox = byUser.get(cursor.userId());
    if (mailbox != null) {
      positions.retire(mailbox);
    }
  }

  /** Where this user's connections stand. */
  UserPlaces lookUp(int userId) {
    Mailbox mailbox = byUser.get(userId);
    return new UserPlaces(
        mailbox == null ? List.of() : List.of(mailbox.cursors()),
        mailbox != null && !mailbox.remembered().isEmpty(),
        log.log().head(),
        log.log().tail());
  }

  // ---- Time ----

  /** Lets go what time has passed by; to be called about once a second. */
  void expire(long nowNanos) {
    positions.forgetPast(nowNanos);
    for (int left = unclaimed.size(); left > 0; left--) {
      Mailbox mailbox = unclaimed.remove();
      boolean keep = true;
      try {
        keep = !mailbox.isClaimed() && !expire(mailbox, nowNanos);
      } catch (Throwable e) {
        failures.isolated(Place.EXPIRY, e);
      }
      if (keep) {
        unclaimed.add(mailbox);
      }
    }
    figures.mailboxes(byUser.size());
  }

  /** Lets a mailbox go that nobody claims, if its time has passed. */
  private boolean expire(Mailbox mailbox, long nowNanos) {
    long newest = mailbox.events().newestAppendedAtNanos(nowNanos - replayNanos - 1);
    if (nowNanos - newest <= replayNanos) {
      return false;
    }
    byUser.remove(mailbox.userId());
    return true;
  }

  /** Lets the mailboxes go past what has left the log; to be called about once a minute. */
  void forgetReleased() {
    broadcasts.events().forgetReleased();
    for (Mailbox mailbox : byUser.values()) {
      try {
        mailbox.events().forgetReleased();
      } catch (Throwable e) {
        failures.isolated(Place.EXPIRY, e);
      }
    }
  }

  private void onForgotten(Mailbox mailbox) {
    if (!mailbox.isClaimed()) {
      unclaimed.add(mailbox);
    }
  }

  private Mailbox obtain(int userId, long nowNanos) {
    Mailbox mailbox = byUser.get(userId);
    if (mailbox == null) {
      mailbox = new Mailbox(userId, log, nowNanos - replayNanos);
      byUser.put(userId, mailbox);
      unclaimed.add(mailbox);
      figures.mailboxes(byUser.size());
    }
    return mailbox;
  }
}
