/** What is measured: processes that are started here, and what the system says they cost. */
@NullMarked
package herald.benchmarks.servers;

import org.jspecify.annotations.NullMarked;
