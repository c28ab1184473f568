package herald.gateway.exchange;

import herald.gateway.device.Device;
import herald.gateway.fanout.CommitPlace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Another instance, as far as it has been heard. Exchange's thread. */
final class Peer {
  /** How many of its marks are kept: more than are sent within the retention. */
  private static final int MAX_MARKS = 1_000;

  private static final long UNKNOWN = -1;

  private final long instance;
  private final Map<Long, Connection> byNumber = new HashMap<>();

  /** The position of this instance's log below which nothing is that came later, by mark. */
  private final TreeMap<Long, Long> positions = new TreeMap<>();

  private long lastHeardNanos;
  private long nextSequence = UNKNOWN;
  private boolean isComplete;
  private boolean isUntold;
  private boolean isQuiet;
  private boolean isSilent;
  private long askedAtNanos;
  private boolean hasAsked;
  private @Nullable Mark live;
  private @Nullable Mark first;
  private @Nullable Mark doubt;

  /** The parts of a snapshot that is being received; null if none is. */
  private @Nullable List<Entry> snapshot;

  /**
   * A connection of the other instance.
   *
   * @param mark up to which its client has confirmed; null while it is healthy
   * @param endedAtNanos of use if it has ended
   */
  record Connection(
      int userId, Device device, Entry.State state, @Nullable Mark mark, long endedAtNanos) {

    boolean isOpen() {
      return state != Entry.State.ENDED;
    }
  }

  Peer(long instance, long nowNanos) {
    this.instance = instance;
    lastHeardNanos = nowNanos;
  }

  long instance() {
    return instance;
  }

  Map<Long, Connection> connections() {
    return byNumber;
  }

  long lastHeardNanos() {
    return lastHeardNanos;
  }

  void heard(long nowNanos) {
    lastHeardNanos = nowNanos;
  }

  /** Whether it is gone, and another instance that knows its positions has still to tell them. */
  boolean isUntold() {
    return isUntold;
  }

  void untold(boolean is) {
    isUntold = is;
  }

  /** Whether nothing has been heard of it for longer than it should be quiet. */
  boolean isQuiet() {
    return isQuiet;
  }

  void quiet(boolean is) {
    isQuiet = is;
  }

  /** Whether nothing has been heard of it for long, so that it is taken for gone. */
  boolean isSilent() {
    return isSilent;
  }

  void silent(boolean is) {
    isSilent = is;
  }

  /** Whether all is known that it has said. */
  boolean isComplete() {
    return isComplete;
  }

  /** Up to where this client of it has confirmed; null before it has said so of the healthy. */
  @Nullable Mark confirmed(Connection connection) {
    return connection.mark() == null ? live : connection.mark();
  }

  /** Up to where its healthy connections have confirmed; null before it has said so. */
  @Nullable Mark live() {
    return live;
  }

  void live(Mark mark) {
    live = mark;
  }

  /** The first of its marks that was heard; null before that. */
  @Nullable Mark first() {
    return first;
  }

  /** What it said later may be unknown; null if all is known. */
  @Nullable Mark doubt() {
    return doubt;
  }

  /** Something that it has said, or left unsaid, may be unknown. */
  void doubted() {
    if (doubt == null) {
      doubt = live == null ? first : live;
    }
  }

  void doubt(@Nullable Mark since) {
    doubt = since;
  }

  // ---- Marks ----

  /** What it says refers to marks of the stream, of which this was the last; null without any. */
  void beginAt(@Nullable Mark mark) {
    first = mark;
  }

  void addMark(Mark mark, long position) {
    if (first == null) {
      first = mark;
    }
    // One that comes again, or behind a later one, was heard at the wrong place.
    if (positions.isEmpty() || mark.number() > positions.lastKey()) {
      positions.put(mark.number(), position);
    }
    if (positions.size() > MAX_MARKS) {
      positions.pollFirstEntry();
    }
  }

  /** The position of a mark, or of an earlier one; {@link CommitPlace#BEFORE_THE_LOG} if none. */
  long position(long markNumber) {
    Map.Entry<Long, Long> entry = positions.floorEntry(markNumber);
    return entry == null ? CommitPlace.BEFORE_THE_LOG : entry.getValue();
  }

  // ---- The sequence of its messages ----

  /**
   * Takes the number of a message.
   *
   * @return whether the message is news: not one that was heard before
   */
  boolean follow(long sequence) {
    if (nextSequence != UNKNOWN && sequence < nextSequence) {
      return false;
    }
    if (nextSequence != UNKNOWN && sequence > nextSequence) {
      lose();
    }
    nextSequence = sequence + 1;
    return true;
  }

  /** Something that it has said may have been lost. */
  void lose() {
    isComplete = false;
    snapshot = null;
  }

  /** Whether it is to be asked for a snapshot now; at most once per interval. */
  boolean mayAsk(long nowNanos, long intervalNanos) {
    if (isComplete || isSilent || (hasAsked && nowNanos - askedAtNanos < intervalNanos)) {
      return false;
    }
    hasAsked = true;
    askedAtNanos = nowNanos;
    return true;
  }

  /** The entries of a snapshot of which more parts are to come. */
  int snapshotEntries() {
    return snapshot == null ? 0 : snapshot.size();
  }

  /**
   * A part of a snapshot has come; all of it with the last one, else null.
   *
   * @param room how many entries it may have in all
   * @throws IllegalArgumentException if it has more, and is left out
   */
  @Nullable List<Entry> addPart(List<Entry> part, boolean isFirst, boolean isLast, int room) {
    if (isFirst) {
      snapshot = new ArrayList<>();
    }
    List<Entry> parts = snapshot;
    if (parts == null) {
      return null;
    }
    if (parts.size() + part.size() > room) {
      snapshot = null;
      throw new IllegalArgumentException("a snapshot of too many entries");
    }
    parts.addAll(part);
    if (!isLast) {
      return null;
    }
    snapshot = null;
    isComplete = true;
    return parts;
  }
}
