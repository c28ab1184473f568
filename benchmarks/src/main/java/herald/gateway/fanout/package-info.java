/** Benchmarks of the fan-out's parts, which are not visible outside this package. */
@NullMarked
package herald.gateway.fanout;

import org.jspecify.annotations.NullMarked;
