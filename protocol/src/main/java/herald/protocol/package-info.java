/** protocol. */
@NullMarked
package herald.protocol;

import org.jspecify.annotations.NullMarked;
