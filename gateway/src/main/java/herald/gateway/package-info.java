/**
 * The gateway. {@link herald.gateway.Main} reads the command line and runs what it asks for; {@link
 * herald.gateway.Gateway} puts the parts together and takes them apart again. The way of an event
 * is in {@link herald.gateway.feed} and {@link herald.gateway.fanout}, that of a connection in
 * {@link herald.gateway.connection}.
 */
@NullMarked
package herald.gateway;

import org.jspecify.annotations.NullMarked;
