/** What single steps cost: JMH benchmarks of the hot paths, also run with {@code -prof gc}. */
@NullMarked
package herald.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
