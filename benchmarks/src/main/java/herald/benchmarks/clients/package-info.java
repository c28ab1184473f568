/**
 * One process of clients: {@link herald.benchmarks.clients.ClientProcess} opens its share of the
 * connections on one event loop, answers pings, and notes when each event arrives. It is told what
 * to do on standard input and tells what it sees on standard output, line by line.
 */
@NullMarked
package herald.benchmarks.clients;

import org.jspecify.annotations.NullMarked;
