package herald.gateway.fanout;

import herald.gateway.device.Device;
import org.jspecify.annotations.Nullable;

/** What another instance has said of its positions, or what follows from its silence. */
public sealed interface PeerChange {
  /** The other instance. */
  long instance();

  /**
   * A connection is open there.
   *
   * @param number of the connection there
   * @param lagging how far its client has confirmed; null if as far as all healthy ones have
   */
  record Open(long instance, long number, int userId, Device device, @Nullable CommitPlace lagging)
      implements PeerChange {}

  /**
   * A connection has ended there.
   *
   * @param place how far its client had confirmed
   * @param endedAtNanos when, on this instance's clock; rather too late than too early
   */
  record Ended(
      long instance, long number, int userId, Device device, CommitPlace place, long endedAtNanos)
      implements PeerChange {}

  /** The position of a connection has been retired, or is not known any more. */
  record Gone(long instance, long number, int userId) implements PeerChange {}

  /** All healthy connections there have confirmed up to this place. */
  record Live(long instance, CommitPlace place) implements PeerChange {}

  /**
   * Whether something may be unknown of what happened there.
   *
   * @param since what is not known came later than this place; null if all is known
   */
  record Doubt(long instance, @Nullable CommitPlace since) implements PeerChange {}

  /** Nothing is known any more of what happened there, since that was too long ago. */
  record Forgotten(long instance) implements PeerChange {}
}
