@NullMarked
package herald.gateway.relay;

import org.jspecify.annotations.NullMarked;
