package herald.gateway.fanout;

import org.roaringbitmap.RoaringBitmap;

/**
 * Whom a broadcast wakes. Walking all connections costs an event loop the same whether an event
 * concerns one of them or all. So if a broadcast concerns few of the users who are connected, these
 * alone are woken. The others pass it with the next walk of all, once a second at most, however
 * many broadcasts there are.
 *
 * <p>Not thread-safe: it is reached under the dispatch lock.
 */
final class BroadcastWakes {
  /** A walk is worth it if it concerns one of so many. */
  private static final int SHARE = 8;

  private final long maxBytes;
  private final MailboxTable mailboxes;
  private final RoaringBitmap connected = new RoaringBitmap();

  /** Whether there was a broadcast that not all have been woken for. */
  private boolean isWalkDue;

  /** Of this broadcast and what was appended after it. */
  private long bytesSince;

  /**
   * @param maxBytes how much the log may hold
   */
  BroadcastWakes(long maxBytes, MailboxTable mailboxes) {
    this.maxBytes = maxBytes;
    this.mailboxes = mailboxes;
  }

  /** The user has a connection. */
  void connected(int userId) {
    connected.add(userId);
  }

  /** The user has no connection any more. */
  void disconnected(int userId) {
    connected.remove(userId);
  }

  /**
   * An event is in the log and stands where those look whom it concerns. To be called for each.
   *
   * @param batch gets the connections of those whom a broadcast concerns, if they are few
   * @return whether all connections have to look
   */
  boolean onIndexed(Event event, Batch batch) {
    boolean everybody = event.audience().isBroadcast() && !hasFewWoken(event, batch);
    everybody |= isPressing(event);
    if (everybody) {
      var unused = takeWalk();
    }
    return everybody;
  }

  /** Has those woken whom a broadcast concerns, if they are few among the connected. */
  private boolean hasFewWoken(Event event, Batch batch) {
    RoaringBitmap concerned = event.audience().among(connected);
    if (concerned.getLongCardinality() * SHARE > connected.getLongCardinality()) {
      return false;
    }
    isWalkDue = true;
    concerned.forEach(
        (int user) -> {
          Mailbox mailbox = mailboxes.get(user);
          if (mailbox != null) {
            batch.touch(mailbox);
          }
        });
    return true;
  }

  /**
   * Whether so much has been appended since a broadcast that some have not passed that it may soon
   * leave the log. Whoever has not passed it then can't go on.
   */
  private boolean isPressing(Event appended) {
    if (!isWalkDue) {
      return false;
    }
    bytesSince += appended.retainedBytes();
    return bytesSince > maxBytes / 4;
  }

  /** Whether somebody has a broadcast still to pass; all are woken now. */
  boolean takeWalk() {
    boolean isDue = isWalkDue;
    isWalkDue = false;
    bytesSince = 0;
    return isDue;
  }
}
