/**
 * Nothing dies silently. {@link herald.gateway.supervision.Supervisor} knows each {@link
 * herald.gateway.supervision.SupervisedThread} and {@link
 * herald.gateway.supervision.SupervisedPool}, and says which has ended or stands still. {@link
 * herald.gateway.supervision.IsolatedFailures} counts what failed alone, by its {@link
 * herald.gateway.supervision.Place}.
 */
@NullMarked
package herald.gateway.supervision;

import org.jspecify.annotations.NullMarked;
