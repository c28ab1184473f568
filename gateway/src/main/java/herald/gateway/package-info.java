/** gateway. */
@NullMarked
package herald.gateway;

import org.jspecify.annotations.NullMarked;
