/**
 * Herald next to the limit and to what would be used instead: {@link
 * herald.benchmarks.compare.Comparison} drives each {@link herald.benchmarks.compare.Contender} in
 * turn with the same frames, connections and driver.
 */
@NullMarked
package herald.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
