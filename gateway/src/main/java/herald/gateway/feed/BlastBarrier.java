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
 * everything else passes. A large text that has not been read may be in any chat of its sender, so
 * it is here like a blast. Fetch thread, but for the figures.
 *
 * <p>A row in a chat has the chat for itself and shares the people in it; a row without a chat,
 * such as a blast, has its people for themselves. Each of these is a {@link RowLane}, in which a
 * row waits for those before it. So what a row waits for is looked up, and when a row leaves, only
 * what waited for it is looked at, however many others wait: one user's flood of blasts costs the
 * fetch thread the same for each of them.
 *
 * <p>What is held is bounded in number and bytes, and nobody's rows take more than they leave to
 * all others. Nothing comes out of order for that. Beyond the bounds, and behind more than {@link
 * #MAX_BESIDE_AHEAD} of them, those whom a row concerns are told of a gap at once; and a blast
 * joins the last one of its sender that waits, with which it becomes one gap in that one's turn.
 */
final class BlastBarrier {
  /**
   * Blasts and large texts of one person. What is behind more of them would wait too long, and
   * others for it.
   */
  static final int MAX_BESIDE_AHEAD = 100;

  private static final int MAX_ROWS = 100_000;
  private static final long MAX_BYTES = 64L << 20;

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
    /** It is held until it is released. */
    WAITS,
    /** It should wait, but too much does: those whom it concerns are told of a gap. */
    IS_A_GAP,
    /** It is a blast or a large text that has become part of an earlier one. */
    JOINED,
    /** It is a blast or a large text, and has to be placed again when another row has left. */
    NO_ROOM
  }

  BlastBarrier() {
    this(MAX_ROWS, MAX_BYTES);
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
    boolean isBeside = row.isBeside();
    if (!isBeside && rows == 0) {
      return Verdict.PASSES;
    }
    boolean isShared = !isExclusive(row);
    boolean mustWait = !isBeside && isInTheWay(chats.get(row.chatId()), false);
    int besideAhead = 0;
    boolean isOverShare = false;
    for (Integer person : people(row)) {
      RowLane lane = people.get(person);
      if (lane != null && lane.isInTheWay(isShared)) {
        mustWait = true;
        besideAhead = Math.max(besideAhead, lane.beside());
        isOverShare |= lane.rows() > maxRows - rows || lane.bytes() > maxBytes - bytes;
      }
    }
    RpcLog kept = isBeside ? row.withoutText() : row;
    long rowBytes = kept.retainedBytes();
    boolean isFull = rows > 0 && (rows >= maxRows || bytes + rowBytes > maxBytes);
    if (isBeside) {
      if ((isFull || isOverShare) && hasJoined(row)) {
        return Verdict.JOINED;
      }
      if (isFull) {
        return Verdict.NO_ROOM;
      }
    }
    if (!mustWait) {
      return Verdict.PASSES;
    }
    if (!isBeside && (isFull || isOverShare || besideAhead > MAX_BESIDE_AHEAD)) {
      return Verdict.IS_A_GAP;
    }
    hold(kept, number, rowBytes);
    return Verdict.WAITS;
  }

  private boolean hasJoined(RpcLog row) {
    for (Integer person : row.walletUsers()) {
      RowLane lane = people.get(person);
      HeldRow last = lane == null ? null : lane.lastExclusive();
      if (last != null && last.canStandFor(row)) {
        last.join(row);
        return true;
      }
    }
    return false;
  }

  private static boolean isInTheWay(@Nullable RowLane lane, boolean isShared) {
    return lane != null && lane.isInTheWay(isShared);
  }

  /** Holds a blast or a large text that has passed, until it is published. */
  HeldRow begin(RpcLog row, long number) {
    return hold(row, number, row.retainedBytes());
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
      concerned.addAll(row.hiddenMembers());
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

  /**
   * Whether a row of this person that was read before the one of this number comes before all that
   * follows in the person's chats.
   */
  boolean isBehind(Integer person, long number) {
    RowLane lane = people.get(person);
    return lane != null && lane.hasExclusiveBefore(number);
  }

  /** Whether a row of this chat that was read before the one of this number is not published. */
  boolean isBehind(String chatId, long number) {
    RowLane lane = chats.get(chatId);
    return lane != null && lane.hasExclusiveBefore(number);
  }

  /**
   * The same of a person, if not so much is before it that those whom it concerns are told of a
   * gap.
   */
  boolean mustWait(Integer person, long number) {
    RowLane lane = people.get(person);
    return lane != null && lane.beside() <= MAX_BESIDE_AHEAD && lane.hasExclusiveBefore(number);
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
