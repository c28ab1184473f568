package herald.gateway.fanout;

import herald.gateway.metrics.ConnectionMeters.GapSource;
import java.time.Instant;

/**
 * A stretch of time of which a user may have missed events for good.
 *
 * @param from the last moment up to which nothing is missing
 * @param to the moment from which on nothing is missing
 * @param source what could not give the events
 */
public record Gap(Instant from, Instant to, GapSource source) {}
