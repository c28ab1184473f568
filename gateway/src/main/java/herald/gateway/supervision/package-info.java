/**
 * Nothing dies silently: threads that end or stand still are noticed, and what failed alone is
 * counted.
 */
@NullMarked
package herald.gateway.supervision;

import org.jspecify.annotations.NullMarked;
