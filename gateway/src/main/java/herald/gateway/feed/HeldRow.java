package herald.gateway.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row that is not published yet: a blast or a large text that is being read, or a row that waits.
 * Fetch thread.
 */
final class HeldRow {
  private final RpcLog row;
  private final long number;
  private final long bytes;
  private final List<RowLane> sharedLanes = new ArrayList<>(2);
  private final List<RowLane> ownLanes = new ArrayList<>(1);

  /** Those that wait for this one, each as often as it does. */
  private final List<HeldRow> followers = new ArrayList<>(1);

  /** For how many others it waits. */
  private int ahead;

  /** How many blasts or large texts have become part of it. */
  private int joined;

  private long fromMicros;
  private long toMicros;

  /**
   * @param number its number among the rows that were read
   * @param bytes about what it takes
   */
  HeldRow(RpcLog row, long number, long bytes) {
    this.row = row;
    this.number = number;
    this.bytes = bytes;
    fromMicros = row.relayedAtMicros();
    toMicros = row.relayedAtMicros();
  }

  RpcLog row() {
    return row;
  }

  long number() {
    return number;
  }

  long bytes() {
    return bytes;
  }

  /** It stands in this lane now. */
  void entered(RowLane lane, boolean isShared) {
    (isShared ? sharedLanes : ownLanes).add(lane);
  }

  /** It waits for another one. */
  void waitFor(HeldRow other) {
    other.followers.add(this);
    ahead++;
  }

  /**
   * Whether this, a blast or a large text that waits, can stand for a later one of the same sender
   * too.
   */
  boolean canStandFor(RpcLog other) {
    return ahead > 0
        && row.isBeside()
        && EventFactory.isId(row.blastId())
        && row.walletUsers().equals(other.walletUsers())
        && isOfSameUser(other);
  }

  /** What has not been read may name any user of the wallet. */
  private boolean isOfSameUser(RpcLog other) {
    boolean isUnread = row.isUnread() || other.isUnread();
    return isUnread
        ? row.walletUsers().size() == 1
        : Objects.equals(row.namedUser(), other.namedUser());
  }

  /** A later one becomes part of this one: both are one gap, whose turn is this row's. */
  void join(RpcLog other) {
    joined++;
    fromMicros = Math.min(fromMicros, other.relayedAtMicros());
    toMicros = Math.max(toMicros, other.relayedAtMicros());
  }

  /** The time of the rows that are told of by a gap; null if it is pushed as what it is. */
  @Nullable TimeSpan gap() {
    return joined == 0 ? null : new TimeSpan(fromMicros, toMicros);
  }

  /** Microseconds since the epoch, both included. */
  record TimeSpan(long fromMicros, long toMicros) {}

  /** Leaves its lanes, and gives those that wait for nothing any more. */
  List<HeldRow> leave() {
    sharedLanes.forEach(lane -> lane.remove(this, true));
    ownLanes.forEach(lane -> lane.remove(this, false));
    List<HeldRow> released = new ArrayList<>();
    for (HeldRow follower : followers) {
      follower.ahead--;
      if (follower.ahead == 0) {
        released.add(follower);
      }
    }
    return released;
  }
}
