/**
 * What an operator decides: one immutable {@link herald.gateway.config.GatewayConfig}, validated
 * before\n * anything starts.
 */
@NullMarked
package herald.gateway.config;

import org.jspecify.annotations.NullMarked;
