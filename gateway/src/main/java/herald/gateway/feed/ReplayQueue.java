package herald.gateway.feed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The replays that wait for a reader, shared out by user: of each user one is read at a time, the
 * others of that user wait behind it, and users take turns. So one user takes one reader at most,
 * and a user who comes waits for one replay of each of those who were there before. Who has had
 * more than a share of the time ({@link ReplayShares}) has no turn for a while.
 *
 * <p>Bounded for each user and in all. When all places are taken, the user with the most of them
 * gives one up to a user who has none.
 *
 * <p>Any thread. The monitor is held for a few steps only, and nothing is called under it.
 */
final class ReplayQueue {
  private final int readers;
  private final int maxWaiting;
  private final int maxWaitingOfUser;
  private final ReplayShares shares = new ReplayShares();
  private final Map<Integer, OfUser> byUser = new HashMap<>();

  /** The users of whom something waits and nothing is being read, in the order of their turns. */
  private final LinkedHashMap<Integer, OfUser> turns = new LinkedHashMap<>();

  /** Those that wait and those that are being read, in the order in which they were asked for. */
  private final LinkedHashSet<PendingReplay> unanswered = new LinkedHashSet<>();

  private int waiting;
  private int beingRead;

  /** The replays of one user. */
  private static final class OfUser {
    private final ArrayDeque<PendingReplay> waiting = new ArrayDeque<>(1);
    private boolean isBeingRead;
  }

  /** A replay that has to do without the database, and why. */
  record Refused(PendingReplay replay, ReplayOutcome outcome) {}

  /**
   * @param readers how many may be read at once
   * @param maxWaiting how many may wait in all
   * @param maxWaitingOfUser how many of one user may wait
   */
  ReplayQueue(int readers, int maxWaiting, int maxWaitingOfUser) {
    this.readers = readers;
    this.maxWaiting = maxWaiting;
    this.maxWaitingOfUser = maxWaitingOfUser;
  }

  /** Adds one; what is given back has lost its place or has got none. Null if all have one. */
  synchronized @Nullable Refused add(PendingReplay replay) {
    OfUser user = byUser.get(replay.userId());
    int ofUser = user == null ? 0 : user.waiting.size();
    if (ofUser >= maxWaitingOfUser) {
      return new Refused(replay, ReplayOutcome.TOO_MANY_OF_USER);
    }
    Refused refused = null;
    if (waiting >= maxWaiting) {
      OfUser greediest = greediest();
      if (greediest.waiting.size() <= ofUser + 1) {
        return new Refused(replay, ReplayOutcome.TOO_MANY);
      }
      PendingReplay newest = greediest.waiting.getLast();
      remove(newest);
      refused = new Refused(newest, ReplayOutcome.TOO_MANY);
    }
    if (user == null) {
      user = new OfUser();
      byUser.put(replay.userId(), user);
    }
    user.waiting.add(replay);
    unanswered.add(replay);
    waiting++;
    if (!user.isBeingRead) {
      turns.putIfAbsent(replay.userId(), user);
    }
    return refused;
  }

  /** The user with the most places, or one of them; only when a place is taken. */
  private OfUser greediest() {
    OfUser most = null;
    for (OfUser user : byUser.values()) {
      if (most == null || user.waiting.size() > most.waiting.size()) {
        most = user;
      }
    }
    if (most == null) {
      throw new IllegalStateException("replays wait, but no user's");
    }
    return most;
  }

  /**
   * The next one to be read; null if none may be now. Whoever takes it says {@link #done} in the
   * end.
   */
  synchronized @Nullable PendingReplay next(long nowNanos) {
    if (beingRead >= readers) {
      return null;
    }
    for (Map.Entry<Integer, OfUser> turn : turns.entrySet()) {
      if (shares.mayRead(turn.getKey(), nowNanos)) {
        OfUser user = turn.getValue();
        turns.remove(turn.getKey());
        user.isBeingRead = true;
        beingRead++;
        waiting--;
        return user.waiting.remove();
      }
    }
    return null;
  }

  /**
   * The reading of this one has ended: it is the next user's turn.
   *
   * @param tookNanos how long it took the database
   */
  synchronized void done(PendingReplay replay, long tookNanos, long nowNanos) {
    beingRead--;
    shares.onRead(replay.userId(), tookNanos, nowNanos);
    OfUser user = byUser.get(replay.userId());
    if (user != null) {
      user.isBeingRead = false;
      if (user.waiting.isEmpty()) {
        byUser.remove(replay.userId());
      } else {
        turns.put(replay.userId(), user);
      }
    }
  }

  /** This one has been answered, or nobody waits for it any more. */
  synchronized void remove(PendingReplay replay) {
    unanswered.remove(replay);
    OfUser user = byUser.get(replay.userId());
    if (user != null && user.waiting.remove(replay)) {
      waiting--;
      if (user.waiting.isEmpty()) {
        turns.remove(replay.userId());
        if (!user.isBeingRead) {
          byUser.remove(replay.userId());
        }
      }
    }
  }

  /** Those that were asked for at this moment or before and have no answer yet. */
  synchronized List<PendingReplay> unansweredSince(long nanos) {
    List<PendingReplay> overdue = new ArrayList<>();
    for (PendingReplay replay : unanswered) {
      if (replay.askedAtNanos() - nanos > 0) {
        break;
      }
      overdue.add(replay);
    }
    return overdue;
  }

  /** How many wait. */
  synchronized int waiting() {
    return waiting;
  }
}
