/**
 * How a gateway starts: {@link herald.benchmarks.start.StartTrial} launches one {@link
 * herald.benchmarks.start.Starter} after the other, and measures each until it is ready, in the
 * first seconds behind that, and when it has been at it for a while.
 */
@NullMarked
package herald.benchmarks.start;

import org.jspecify.annotations.NullMarked;
