/** An instance's way to a row without the rest of it; its parts are not visible outside. */
@NullMarked
package herald.gateway.feed;

import org.jspecify.annotations.NullMarked;
