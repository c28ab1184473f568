/**
 * What an operator sees. Knows neither the feed nor the connections.
 *
 * <p>{@link herald.gateway.ops.AdminServer} serves the {@link herald.gateway.ops.AdminPages}:
 * {@code LivePage}, {@link herald.gateway.ops.StatusReport} with each {@link
 * herald.gateway.ops.SlowConnection}, {@link herald.gateway.ops.UserReport}, {@code LogLevelPage},
 * metrics in a {@code MetricsFormat}, and the probes. {@link herald.gateway.ops.StopSignals} calls
 * what ends the process in good order.
 */
@NullMarked
package herald.gateway.ops;

import org.jspecify.annotations.NullMarked;
