/**
 * What stands in for the platform where there is none: an embedded PostgreSQL with the platform's
 * schema and the writer that commits like its API server. The demo command, the tests and the load
 * driver use it; the gateway itself does not.
 *
 * <p>{@link herald.gateway.demo.EmbeddedDatabase} runs the server; {@link
 * herald.gateway.demo.Community} makes the people and what binds them; {@link
 * herald.gateway.demo.Platform} commits what they do, each operation with its rpc log in one
 * transaction.
 *
 * <p>{@code api} is what the platform's published client asks for beside the websocket, {@code
 * page} the demo's page and port, {@code scene} what {@code herald demo} starts.
 */
@NullMarked
package herald.gateway.demo;

import org.jspecify.annotations.NullMarked;
