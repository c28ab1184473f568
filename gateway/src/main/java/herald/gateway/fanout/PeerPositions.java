package herald.gateway.fanout;

import herald.gateway.fanout.RememberedPositions.Remembered;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the positions of other instances: puts them into the mailboxes of their users,
 * where a connection that begins finds them like those of this instance.
 *
 * <p>The word that a connection has ended elsewhere may come after the client's next connection has
 * begun here. Such a connection is the successor of the one that ended, and retires its position
 * like any other, when it has confirmed what was waiting.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class PeerPositions {
  private final PositionMemory positions;
  private final PositionJournal journal;
  private final Map<Long, Peer> byInstance = new HashMap<>();
  private final List<Succession> successions = new ArrayList<>();
  private final Set<Cursor> successors = Collections.newSetFromMap(new IdentityHashMap<>());

  /** A connection here that retires a position when it has confirmed up to {@code until}. */
  private record Succession(Cursor cursor, Remembered ended, long until) {}

  PeerPositions(PositionMemory positions, PositionJournal journal) {
    this.positions = positions;
    this.journal = journal;
  }

  private Peer peer(long instance) {
    return byInstance.computeIfAbsent(instance, Peer::new);
  }

  /**
   * Takes a word on a whole instance; false if the change is of one connection, and so of one
   * mailbox.
   */
  boolean applyToInstance(PeerChange change) {
    if (change instanceof PeerChange.Live live) {
      peer(live.instance()).live(live.place());
    } else if (change instanceof PeerChange.Doubt doubt) {
      peer(doubt.instance()).doubt(doubt.since());
    } else if (change instanceof PeerChange.Forgotten forgotten) {
      byInstance.remove(forgotten.instance());
    } else {
      return false;
    }
    return true;
  }

  void open(Mailbox mailbox, PeerChange.Open open) {
    forget(mailbox, open.instance(), open.number());
    mailbox.add(
        new PeerConnection(peer(open.instance()), open.number(), open.device(), open.lagging()));
  }

  /**
   * @param until the position up to which events are indexed
   */
  void ended(Mailbox mailbox, PeerChange.Ended ended, long until, long nowNanos) {
    forget(mailbox, ended.instance(), ended.number());
    Remembered remembered = Remembered.elsewhere(mailbox, ended);
    positions.remember(remembered, nowNanos);
    for (Cursor cursor : mailbox.cursors()) {
      if (cursor.device().isLike(ended.device())
          && cursor.openedAtNanos() - ended.endedAtNanos() > 0
          && cursor.startedAt() <= remembered.position()
          && successors.add(cursor)) {
        successions.add(new Succession(cursor, remembered, until));
        return;
      }
    }
  }

  /** Forgets a connection, open or ended, or the remembered position of one of this instance. */
  void forget(Mailbox mailbox, long instance, long number) {
    mailbox.remove(instance, number);
    Remembered remembered = mailbox.remembered().find(instance, number);
    if (remembered != null) {
      positions.retire(remembered);
    }
  }

  /** Retires what successors have made good; to be called about once a second. */
  void retireSucceeded(BroadcastIndex broadcasts) {
    for (Iterator<Succession> each = successions.iterator(); each.hasNext(); ) {
      Succession succession = each.next();
      Mailbox mailbox = succession.ended().mailbox();
      boolean isOver = !mailbox.has(succession.cursor()) || !mailbox.has(succession.ended());
      boolean isMadeGood =
          !isOver && confirmed(succession, mailbox, broadcasts) >= succession.until();
      if (isMadeGood) {
        positions.retire(succession.ended());
        journal.add(
            new PositionChange.Retired(succession.ended().instance(), succession.ended().number()));
      }
      if (isOver || isMadeGood) {
        each.remove();
        successors.remove(succession.cursor());
      }
    }
  }

  private static long confirmed(Succession succession, Mailbox mailbox, BroadcastIndex broadcasts) {
    return new OpenPosition(succession.cursor(), mailbox.events().ring(), broadcasts.ring())
        .confirmedUpTo(succession.until());
  }

  /**
   * From where on a device may have missed something of which nothing is known; null if all is
   * known of all instances.
   */
  @Nullable CommitPlace doubt() {
    CommitPlace oldest = null;
    for (Peer peer : byInstance.values()) {
      CommitPlace doubt = peer.doubt();
      if (doubt != null) {
        oldest = oldest == null ? doubt : oldest.earlier(doubt);
      }
    }
    return oldest;
  }
}
