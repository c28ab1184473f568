/**
 * PostgreSQL servers of this machine that a demo, a test or a load run starts and stops: {@link
 * herald.demo.postgres.EmbeddedDatabase} is a server with the platform's schema, {@link
 * herald.demo.postgres.StandbyDatabase} a hot standby of one, and {@link
 * herald.demo.postgres.SharedDatabase} a database of a test's own on a server that all tests share.
 */
@NullMarked
package herald.demo.postgres;

import org.jspecify.annotations.NullMarked;
