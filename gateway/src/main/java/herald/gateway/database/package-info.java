/**
 * Connection pools to the platform's database, for the queries of the feed and of authentication.
 */
@NullMarked
package herald.gateway.database;

import org.jspecify.annotations.NullMarked;
