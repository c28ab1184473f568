/** Benchmarks of the connection's parts, which are not visible outside this package. */
@NullMarked
package herald.gateway.connection;

import org.jspecify.annotations.NullMarked;
