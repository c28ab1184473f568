/**
 * Connections to the platform's database.
 *
 * <p>{@link herald.gateway.database.Pools} has those for the queries of the feed and of
 * authentication; {@code DatabaseConnector} makes each, to the first server of the URL that is the
 * wanted one, and {@code HostFailures} says why there is none. The listener has a driver of its
 * own, {@link herald.gateway.database.ListenerDriver}. {@link
 * herald.gateway.database.ServerIdentity} tells whether two connections have reached the same
 * server.
 *
 * <p>{@link herald.gateway.database.DatabaseFailure} tells whether a call has failed because of the
 * connection, for which one waits, or because of its rows, for which no waiting helps. {@link
 * herald.gateway.database.TransactionSettings} is for statements that take longer than others,
 * {@link herald.gateway.database.PrimaryStatus} asks the primary how it is, and {@code DriverLogs}
 * keeps rows out of the drivers' own logs.
 */
@NullMarked
package herald.gateway.database;

import org.jspecify.annotations.NullMarked;
