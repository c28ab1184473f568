package herald.gateway.fanout;

import herald.gateway.config.EventLogSettings;
import java.util.concurrent.TimeUnit;

/**
 * What the event log and the mailboxes may hold.
 *
 * @param retentionNanos events and the positions of ended connections are kept this long
 * @param maxBytes encoded events kept at most; beyond it the oldest go first
 * @param replayNanos how far back a connection starts at least
 * @param maxRemembered remembered positions at most; beyond it the oldest go first
 * @param unclaimedNanos the mailbox of a user of whom no connection is known is kept this long
 *     after its last event
 */
public record MemoryLimits(
    long retentionNanos, long maxBytes, long replayNanos, int maxRemembered, long unclaimedNanos) {

  /**
   * Longer than it takes until all instances know of a connection that has begun at one of them:
   * its events from then on have to be in its user's mailbox everywhere.
   */
  private static final long SHARED_UNCLAIMED_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Those of the settings. */
  public static MemoryLimits of(EventLogSettings settings) {
    long replayNanos = TimeUnit.MILLISECONDS.toNanos(settings.replayMillis());
    return new MemoryLimits(
        TimeUnit.MILLISECONDS.toNanos(settings.horizonMillis()),
        settings.maxBytes().bytes(),
        replayNanos,
        settings.maxRemembered(),
        settings.sharesPositions() ? Math.max(SHARED_UNCLAIMED_NANOS, replayNanos) : replayNanos);
  }

  /** The same for an instance that is alone: who was not known is served from the replay time. */
  public MemoryLimits(long retentionNanos, long maxBytes, long replayNanos, int maxRemembered) {
    this(retentionNanos, maxBytes, replayNanos, maxRemembered, replayNanos);
  }
}
