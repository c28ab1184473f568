package herald.gateway.feed;

import java.util.ArrayList;
import java.util.List;

/**
 * A row that is not published yet: a blast that is being expanded, or a row that waits. Fetch
 * thread.
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

  /**
   * @param number its number among the rows that were read
   * @param bytes about what it takes
   */
  HeldRow(RpcLog row, long number, long bytes) {
    this.row = row;
    this.number = number;
    this.bytes = bytes;
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
