/** benchmarks. */
@NullMarked
package herald.benchmarks;

import org.jspecify.annotations.NullMarked;
