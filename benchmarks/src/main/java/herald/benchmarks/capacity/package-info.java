/**
 * What one instance can carry: {@link herald.benchmarks.capacity.CapacityTrial} puts the loads on
 * it that a planner reckons with, and says of each what it costs.
 */
@NullMarked
package herald.benchmarks.capacity;

import org.jspecify.annotations.NullMarked;
