/**
 * What an operator decides: one immutable {@link herald.gateway.config.GatewayConfig}, validated
 * before anything starts.
 */
@NullMarked
package herald.gateway.config;

import org.jspecify.annotations.NullMarked;
