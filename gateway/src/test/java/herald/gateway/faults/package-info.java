/**
 * The fault suite: real gateway processes behind a real balancer, a real database behind a line
 * that fails, writers, and clients that come back at once or after they have slept. At the end it
 * is counted what arrived against what was committed.
 */
@NullMarked
package herald.gateway.faults;

import org.jspecify.annotations.NullMarked;
