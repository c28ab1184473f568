/**
 * Who is behind a signature: recovery on a bounded pool, wallet to user through a cache with
 * batched look-ups, and the recovered public keys on their way into the database.
 */
@NullMarked
package herald.gateway.auth;

import org.jspecify.annotations.NullMarked;
