package herald.gateway.fanout;

import herald.gateway.fanout.RememberedPositions.Remembered;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All mailboxes: who has one and since when, and which event goes into which.
 *
 * <p>A user has a mailbox while a connection is open, while the position of an ended one is
 * remembered, here or at another instance, and for a time after any event. The last kind is what
 * serves a user who was not known: it goes when nobody has come meanwhile. A broadcast is in no
 * mailbox but in the broadcast index, at which every cursor looks.
 *
 * <p>Not thread-safe: it is reached only through a field that the dispatch lock guards, and so is
 * all that it is made of, but for the figures.
 */
final class Mailboxes {
  private final EventLog.Writer log;
  private final PositionJournal journal;
  private final MemoryFigures figures;
  private final IsolatedFailures failures;
  private final BroadcastIndex broadcasts;
  private final BroadcastWakes wakes;
  private final PositionMemory positions;
  private final PeerPositions peers;
  private final CursorStarts starts;
  private final MailboxTable byUser;

  /** How many connections have begun. */
  private long connections;

  /**
   * @param log what the mailboxes refer to
   * @param journal is told how positions change
   * @param failures what could not be done for one mailbox alone
   */
  Mailboxes(
      EventLog.Writer log,
      MemoryLimits limits,
      PositionJournal journal,
      MemoryFigures figures,
      IsolatedFailures failures) {
    this.log = log;
    this.journal = journal;
    this.figures = figures;
    this.failures = failures;
    broadcasts = new BroadcastIndex(log);
    byUser = new MailboxTable(log, limits, figures, failures);
    wakes = new BroadcastWakes(log.log().maxBytes(), byUser);
    positions = new PositionMemory(limits, figures, byUser::onForgotten);
    peers = new PeerPositions(positions, journal);
    starts = new CursorStarts(log, broadcasts, peers, limits, figures);
  }

  // ---- Events ----

  /** The log begins in the past, at this moment. */
  void beginAt(long nanos, long nowNanos) {
    byUser.beginAt(nanos, nowNanos);
  }

  /**
   * Puts the event that was appended last where those look whom it concerns: into their mailboxes,
   * or, if it is a broadcast, into the broadcast index.
   *
   * @param batch gets the connections whose mailbox has got something, and those of the users whom
   *     a broadcast concerns, if these are few
   * @return whether all connections have to look
   */
  boolean index(Event event, Batch batch) {
    if (event.audience().isBroadcast()) {
      broadcasts.append(event);
    } else {
      for (int user : event.audience().users()) {
        index(event, user, batch);
      }
      event.forgetAudience();
    }
    log.allIndexed();
    starts.onIndexed(event);
    return wakes.onIndexed(event, batch);
  }

  /** A row was read beside the feed and came to nothing. */
  void onBesideWithoutEvents(RowOrder row, long nowNanos) {
    starts.onBesideWithoutEvents(row, nowNanos);
  }

  /** Whether somebody has a broadcast still to pass. All connections are to look then. */
  boolean takeWalk() {
    return wakes.takeWalk();
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
    wakes.connected(cursor.userId());
    cursor.opened(++connections, nowNanos, start);
    journal.add(new PositionChange.Opened(openPosition(cursor, mailbox)));
    figures.cursorOpened(mailbox.cursors().length == 1);
    return start;
  }

  /** Lets a connection go and remembers how far its client had confirmed. */
  void close(Cursor cursor, long nowNanos) {
    Mailbox mailbox = byUser.get(cursor.userId());
    if (mailbox == null || !mailbox.remove(cursor)) {
      return;
    }
    if (mailbox.cursors().length == 0) {
      wakes.disconnected(cursor.userId());
    }
    figures.cursorClosed(mailbox.cursors().length == 0);
    long position = confirmed(cursor, mailbox);
    CommitPlace owed = cursor.owed();
    Remembered own = mailbox.remembered().oldestOwn(cursor.device());
    if (cursor.isToRetire() && own != null && standsFor(own, owed, position)) {
      // It stands for this connection too, and is remembered from now on.
      retire(own);
      position = owed == null ? own.position() : position;
    }
    positions.remember(Remembered.here(mailbox, cursor, position, nowNanos), nowNanos);
    journal.add(new PositionChange.Ended(cursor.number(), position, nowNanos, owed));
  }

  /** Whether a remembered position is the one at which the connection that ends has begun. */
  private static boolean standsFor(Remembered own, @Nullable CommitPlace owed, long position) {
    return owed == null
        ? own.position() != CommitPlace.BEFORE_THE_LOG && own.position() <= position
        : owed.equals(own.elsewhere());
  }

  /** What can't be looked at any more counts as unconfirmed. */
  private long confirmed(Cursor cursor, Mailbox mailbox) {
    try {
      return openPosition(cursor, mailbox).confirmedUpTo(log.log().indexedUntil());
    } catch (Throwable e) {
      failures.isolated(Place.MAILBOX, e);
      return cursor.acknowledged();
    }
  }

  private OpenPosition openPosition(Cursor cursor, Mailbox mailbox) {
    return new OpenPosition(cursor, mailbox.events().ring(), broadcasts.ring());
  }

  private void retire(Remembered remembered) {
    positions.retire(remembered);
    journal.add(new PositionChange.Retired(remembered.instance(), remembered.number()));
  }

  /** Forgets one remembered position of this connection's device, which it has made good. */
  void retire(Cursor cursor) {
    Mailbox mailbox = byUser.get(cursor.userId());
    if (mailbox != null) {
      Remembered newest = mailbox.remembered().newest(cursor.device());
      if (newest != null) {
        retire(newest);
      }
    }
  }

  // ---- Other instances ----

  /** Takes what another instance has said of its positions. */
  void apply(PeerChange change, long nowNanos) {
    if (peers.applyToInstance(change)) {
      return;
    }
    if (change instanceof PeerChange.Open open) {
      peers.open(obtain(open.userId(), nowNanos), open);
    } else if (change instanceof PeerChange.Ended ended) {
      peers.ended(obtain(ended.userId(), nowNanos), ended, log.log().indexedUntil(), nowNanos);
    } else if (change instanceof PeerChange.Gone gone) {
      Mailbox mailbox = byUser.get(gone.userId());
      if (mailbox != null) {
        peers.forget(mailbox, gone.instance(), gone.number());
        byUser.onForgotten(mailbox, nowNanos);
      }
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
    peers.retireSucceeded(broadcasts);
    byUser.expire(nowNanos);
  }

  /** Lets the mailboxes go past what has left the log; to be called about once a minute. */
  void forgetReleased() {
    broadcasts.forgetReleased();
    for (Mailbox mailbox : byUser.values()) {
      try {
        mailbox.events().forgetReleased();
      } catch (Throwable e) {
        failures.isolated(Place.EXPIRY, e);
      }
    }
  }

  private Mailbox obtain(int userId, long nowNanos) {
    return byUser.obtain(userId, nowNanos, connections > 0);
  }
}
