/** The command line of the load driver: {@code herald-bench} and its commands. */
@NullMarked
package herald.benchmarks.commands;

import org.jspecify.annotations.NullMarked;
