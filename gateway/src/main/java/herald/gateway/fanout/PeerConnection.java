package herald.gateway.fanout;

import herald.gateway.device.Device;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a user that is open at another instance, as far as this one knows. Not
 * thread-safe: it is reached under the dispatch lock.
 *
 * @param lagging how far its client has confirmed; null if as far as all healthy ones have
 */
record PeerConnection(Peer peer, long number, Device device, @Nullable CommitPlace lagging) {

  /** How far its client has confirmed. */
  CommitPlace place() {
    return lagging == null ? peer.live() : lagging;
  }

  boolean is(long instance, long otherNumber) {
    return peer.instance() == instance && number == otherNumber;
  }
}
