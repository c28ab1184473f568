package herald.gateway.fanout;

import herald.gateway.device.Device;
import herald.gateway.device.DeviceCookie;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a new connection's client may have missed for good. Not thread-safe: it is reached
 * under the dispatch lock.
 */
final class GapFinder {
  private final BroadcastIndex broadcasts;
  private final MemoryLimits limits;

  GapFinder(BroadcastIndex broadcasts, MemoryLimits limits) {
    this.broadcasts = broadcasts;
    this.limits = limits;
  }

  /**
   * What may be missing for good from {@code oldest} on; null if nothing. Whom a broadcast
   * concerned that has left the log is not known: it may be missing.
   */
  @Nullable Gap since(long oldest, PositionRing.Writer own, Instant now) {
    PositionRing.Writer all = broadcasts.events();
    boolean ownLeft = oldest < own.forgottenBelow();
    boolean broadcastLeft = oldest < all.forgottenBelow();
    if (!ownLeft && !broadcastLeft) {
      return null;
    }
    Instant ownHeld = ownLeft ? oldestHeld(own, now) : Instant.MIN;
    Instant broadcastHeld = broadcastLeft ? oldestHeld(all, now) : Instant.MIN;
    Instant held = ownHeld.isAfter(broadcastHeld) ? ownHeld : broadcastHeld;
    return new Gap(now.minus(Duration.ofNanos(limits.retentionNanos())), held, GapSource.MEMORY);
  }

  private static Instant oldestHeld(PositionRing.Writer events, Instant now) {
    Event oldest = events.oldest();
    return oldest == null ? now : Instant.EPOCH.plusNanos(oldest.relayedAtMicros() * 1_000);
  }

  /**
   * What a device may have missed that has been here before, as its cookie says, and of which
   * nothing is remembered: it was away for too long. Null for any other device.
   */
  @Nullable Gap ofAbsence(Device device, Mailbox mailbox, Instant now) {
    return device.hasReturnedCookie() && !mailbox.knows(device)
        ? new Gap(
            now.minus(DeviceCookie.MAX_AGE),
            now.minus(Duration.ofNanos(limits.replayNanos())),
            GapSource.ABSENCE)
        : null;
  }
}
