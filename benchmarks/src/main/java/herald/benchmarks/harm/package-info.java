/**
 * What one user can do to the others: each {@link herald.benchmarks.harm.HarmKind} is a step that
 * {@link herald.benchmarks.harm.Harm} does again and again on a thread of its own while the driver
 * measures what the others notice.
 */
@NullMarked
package herald.benchmarks.harm;

import org.jspecify.annotations.NullMarked;
