package herald.gateway.fanout;

/**
 * What the database is asked for: what concerned a user since a moment.
 *
 * @param afterMicros microseconds since the epoch
 * @param xmin rows of transactions below this id are not wanted, 64 bits; 0 if all are
 * @param cluster of which history of the database that id is
 */
public record ReplayRequest(int userId, long afterMicros, long xmin, int cluster) {
  /** All that concerned a user since a moment. */
  public static ReplayRequest since(int userId, long afterMicros) {
    return new ReplayRequest(userId, afterMicros, 0, 0);
  }
}
