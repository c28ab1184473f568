/** What the tests of several packages share. */
@NullMarked
package herald.gateway.testing;

import org.jspecify.annotations.NullMarked;
