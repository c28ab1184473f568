/**
 * A client for people: follows one user's events in the terminal. Knows the gateway by its wire
 * alone.
 *
 * <p>{@link herald.gateway.tail.Tail} connects, comes back and leaves out what came before; {@link
 * herald.gateway.tail.EventLine} makes an event readable.
 */
@NullMarked
package herald.gateway.tail;

import org.jspecify.annotations.NullMarked;
