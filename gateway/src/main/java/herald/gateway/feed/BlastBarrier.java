package herald.gateway.feed;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The blasts that are not published yet and the rows that must come behind them. A blast is in all
 * chats of its sender; what follows it there waits, and what follows that in the same chat, and
 * everything else passes. Fetch thread, but for the figures.
 *
 * <p>A row in a chat has the chat for itself and shares the people in it; a row without a chat,
 * such as a blast, has its people for themselves. Each of these is a {@link RowLane}, in which a
 * row waits for those before it. So what a row waits for is looked up, and when a row leaves, only
 * what waited for it is looked at, however many others wait: one user's flood of blasts costs the
 * fetch thread the same for each of them.
 *
 * <p>What is held is bounded. Beyond the bounds a blast is refused, so that nobody gets it, and
 * another row passes before the blast that it should follow: its event comes too early, not too
 * late. A sender's blasts are refused when they take more than what is left for all others.
 */
final class BlastBarrier {
  /** Of one person. What is behind more of them does not wait for them: it would wait too long. */
  static final int MAX_BLASTS_AHEAD = 1_000;

  private final int maxRows;
  private final long maxBytes;
  private final Map<Integer, RowLane> people = new HashMap<>();
  private final Map<String, RowLane> chats = new HashMap<>();
  private final NavigableMap<Long, HeldRow> byNumber = new TreeMap<>();
  private final PriorityQueue<HeldRow> released =
      new PriorityQueue<>(Comparator.comparingLong(HeldRow::number));

  // Written by the fetch thread.
  private volatile int rows;
  private volatile long bytes;

  /** What becomes of a row that has been read. */
  enum Verdict {
    /** Nothing is in its way. */
    PASSES,
    /** It should wait, but too much does. */
    PASSES_EARLY,
    /** It is held until it is released. */
    WAITS,
    /** A blast, though too many are here already. */
    REFUSED
  }

  /**
   * @param maxRows how many rows are held at most
   * @param maxBytes how much memory these take at most, about
   */
  BlastBarrier(int maxRows, long maxBytes) {
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  // ---- Rows that come ----

  /**
   * Decides whether a row waits, and if so holds it.
   *
   * @param number its number among the rows that were read
   */
  Verdict place(RpcLog row, long number) {
    boolean isBlast = row.isBlast();
    if (!isBlast && rows == 0) {
      return Verdict.PASSES;
    }
    boolean isShared = !isExclusive(row);
    boolean mustWait = !isBlast && isInTheWay(chats.get(row.chatId()), false);
    int blastsAhead = 0;
    long bytesAhead = 0;
    for (Integer person : people(row)) {
      RowLane lane = people.get(person);
      if (lane != null && lane.isInTheWay(isShared)) {
        mustWait = true;
        blastsAhead = Math.max(blastsAhead, lane.exclusiveRows());
        bytesAhead = Math.max(bytesAhead, lane.exclusiveBytes());
      }
    }
    RpcLog kept = isBlast ? row.withoutText() : row;
    long rowBytes = kept.retainedBytes();
    boolean isFull = rows >= maxRows || bytes + rowBytes > maxBytes;
    if (isBlast && (isFull || blastsAhead > maxRows - rows || bytesAhead > maxBytes - bytes)) {
      return Verdict.REFUSED;
    }
    if (!mustWait) {
      return Verdict.PASSES;
    }
    if (!isBlast && (isFull || blastsAhead > MAX_BLASTS_AHEAD)) {
      return Verdict.PASSES_EARLY;
    }
    hold(kept, number, rowBytes);
    return Verdict.WAITS;
  }

  private static boolean isInTheWay(@Nullable RowLane lane, boolean isShared) {
    return lane != null && lane.isInTheWay(isShared);
  }

  /** Holds a blast that has passed, until it is published. */
  HeldRow begin(RpcLog blast, long number) {
    return hold(blast, number, blast.retainedBytes());
  }

  private HeldRow hold(RpcLog row, long number, long rowBytes) {
    HeldRow held = new HeldRow(row, number, rowBytes);
    byNumber.put(number, held);
    rows = rows + 1;
    bytes = bytes + rowBytes;
    try {
      boolean isShared = !isExclusive(row);
      if (isShared) {
        chats.computeIfAbsent(row.chatId(), chat -> new RowLane()).add(held, false);
      }
      for (Integer person : people(row)) {
        people.computeIfAbsent(person, id -> new RowLane()).add(held, isShared);
      }
    } catch (Throwable e) {
      // Nothing waits for a row that is not here.
      leave(held);
      throw e;
    }
    return held;
  }

  private static boolean isExclusive(RpcLog row) {
    return row.isBlast() || row.chatId().isEmpty();
  }

  private static Set<Integer> people(RpcLog row) {
    Set<Integer> concerned = new HashSet<>(row.walletUsers());
    if (!row.isBlast()) {
      concerned.addAll(row.members());
    }
    return concerned;
  }

  // ---- Rows that go ----

  /** Lets a row go, which is published, or has come to nothing. Once more is no harm. */
  void leave(HeldRow held) {
    if (byNumber.remove(held.number(), held)) {
      rows = rows - 1;
      bytes = bytes - held.bytes();
      for (HeldRow follower : held.leave()) {
        if (byNumber.containsKey(follower.number())) {
          released.add(follower);
        }
      }
      if (!isExclusive(held.row())) {
        forgetIfEmpty(chats, held.row().chatId());
      }
      people(held.row()).forEach(person -> forgetIfEmpty(people, person));
    }
  }

  private static <K> void forgetIfEmpty(Map<K, RowLane> lanes, K key) {
    RowLane lane = lanes.get(key);
    if (lane != null && lane.isEmpty()) {
      lanes.remove(key);
    }
  }

  /** The first of the rows that wait for nothing any more; it is here until it leaves. */
  @Nullable HeldRow pollReleased() {
    return released.poll();
  }

  /** The number of the first row that is held; {@code otherwise} if none is. */
  long first(long otherwise) {
    return byNumber.isEmpty() ? otherwise : byNumber.firstKey();
  }

  // ---- Figures ----

  /** Rows that are held. Any thread. */
  int rows() {
    return rows;
  }

  /** About what they take. Any thread. */
  long bytes() {
    return bytes;
  }
}
