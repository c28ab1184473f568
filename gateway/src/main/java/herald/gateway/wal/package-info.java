/**
 * Rows of {@code rpc_log} out of PostgreSQL's write-ahead log, in commit order and with exact
 * positions, by a logical replication slot and the plug-in {@code pgoutput} (PostgreSQL manual,
 * chapters "Logical Decoding" and "Logical Replication"). It knows nothing of the feed that it
 * serves.
 *
 * <p>{@link herald.gateway.wal.LogReader} keeps one {@code SlotConnection} alive on a thread of its
 * own, and hands what {@code PgOutputDecoder} and {@code LogTransactions} make of its messages to
 * whoever reads. {@code SlotWatch} sends probes through the log on a second thread, looks at the
 * {@code SlotState} and ends a connection that has gone mute. {@link herald.gateway.wal.SlotSetup}
 * says what the server lacks, and makes publication and slot if it is asked to.
 *
 * <p>The server keeps the log from the slot's confirmed position on. That position is moved by
 * {@link herald.gateway.wal.LogPosition#confirm} alone, so what has not been confirmed is sent
 * again on the next connection, after a restart too.
 */
@NullMarked
package herald.gateway.wal;

import org.jspecify.annotations.NullMarked;
