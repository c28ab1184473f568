/** What an operator sees: probes, metrics and logs. Knows neither the feed nor the connections. */
@NullMarked
package herald.gateway.ops;

import org.jspecify.annotations.NullMarked;
