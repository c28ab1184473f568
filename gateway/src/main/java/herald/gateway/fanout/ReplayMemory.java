package herald.gateway.fanout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds the bytes of events that the database has brought for clients and that have not been sent.
 * They are in memory for as long as their client reads slowly, and belong to it alone. One user has
 * at most as much as is left for all others. Any thread.
 */
public final class ReplayMemory {
  private final long maxBytes;

  @GuardedBy("this")
  private final Map<Integer, Long> byUser = new HashMap<>();

  @GuardedBy("this")
  private long bytes;

  /**
   * @param maxBytes of all users together
   */
  public ReplayMemory(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Room for one replay of this user, of which nothing has been taken. */
  public Room room(int userId) {
    return new Room(this, userId);
  }

  private synchronized boolean take(Room room, long more) {
    long ofUser = byUser.getOrDefault(room.userId, 0L) + more;
    if (room.isClosed || ofUser > maxBytes - bytes - more) {
      return false;
    }
    byUser.put(room.userId, ofUser);
    bytes += more;
    room.taken += more;
    return true;
  }

  private synchronized void giveBack(Room room) {
    room.isClosed = true;
    long ofUser = byUser.getOrDefault(room.userId, 0L) - room.taken;
    if (ofUser > 0) {
      byUser.put(room.userId, ofUser);
    } else {
      byUser.remove(room.userId);
    }
    bytes -= room.taken;
    room.taken = 0;
  }

  /** What all have taken. */
  public synchronized long bytes() {
    return bytes;
  }

  /** What one replay has taken. Any thread. */
  public static final class Room implements AutoCloseable {
    private final ReplayMemory memory;
    private final int userId;

    // Under the lock of the memory.
    private long taken;
    private boolean isClosed;

    private Room(ReplayMemory memory, int userId) {
      this.memory = memory;
      this.userId = userId;
    }

    /** Takes so many bytes more; false if there is no room for them. */
    public boolean take(long more) {
      return memory.take(this, more);
    }

    /** Gives all back, once. */
    @Override
    public void close() {
      memory.giveBack(this);
    }
  }
}
