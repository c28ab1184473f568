/**
 * How costs grow: {@link herald.benchmarks.growth.Instances} are measured at several sizes of one
 * thing, and each figure becomes a {@link herald.benchmarks.growth.GrowthLine}.
 */
@NullMarked
package herald.benchmarks.growth;

import org.jspecify.annotations.NullMarked;
