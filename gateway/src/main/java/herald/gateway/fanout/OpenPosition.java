package herald.gateway.fanout;

import herald.gateway.device.Device;
import org.jspecify.annotations.Nullable;

/**
 * How far the client of an open connection has confirmed, for the exchange between instances. Any
 * thread.
 */
public final class OpenPosition {
  private final Cursor cursor;
  private final PositionRing own;
  private final PositionRing broadcasts;

  OpenPosition(Cursor cursor, PositionRing own, PositionRing broadcasts) {
    this.cursor = cursor;
    this.own = own;
    this.broadcasts = broadcasts;
  }

  /** The number of the connection at this instance. */
  public long number() {
    return cursor.number();
  }

  /** The user behind the connection. */
  public int userId() {
    return cursor.userId();
  }

  /** The device behind the connection. */
  public Device device() {
    return cursor.device();
  }

  /**
   * From this place on the client may lack something, whatever it has confirmed of the log; null if
   * it does not.
   */
  public @Nullable CommitPlace owed() {
    return cursor.owed();
  }

  /**
   * A position up to which all that concerns the user has been confirmed, {@code bound} at most.
   * Where nothing is left to confirm, that is {@code bound}.
   */
  public long confirmedUpTo(long bound) {
    long acknowledged = cursor.acknowledged();
    if (acknowledged >= bound) {
      return bound;
    }
    long confirmed = Math.min(own.firstNotBelow(acknowledged), bound);
    return Math.min(broadcasts.firstNotBelow(acknowledged), confirmed);
  }
}
