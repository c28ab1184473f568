/**
 * What an operator sees: the live page, {@code /status}, metrics and probes. Knows neither the feed
 * nor the connections.
 */
@NullMarked
package herald.gateway.ops;

import org.jspecify.annotations.NullMarked;
