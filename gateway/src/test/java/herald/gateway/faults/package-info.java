/**
 * The fault suite: real gateway processes, a real database behind a line that fails, writers, and
 * clients that come back at once. At the end it is counted what arrived against what was committed.
 */
@NullMarked
package herald.gateway.faults;

import org.jspecify.annotations.NullMarked;
