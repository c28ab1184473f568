/**
 * Looks at a database that Herald does not own and says what is there and what is missing, without
 * writing anything into it.
 *
 * <p>{@link herald.gateway.check.DatabaseCheck} connects and asks, one after the other: what server
 * it is, whether its tables and functions are as expected, whether the role may use them, whether a
 * trigger announces rpc logs, and whether notifications really arrive. Each answer is a {@link
 * herald.gateway.check.Finding}.
 */
@NullMarked
package herald.gateway.check;

import org.jspecify.annotations.NullMarked;
