/**
 * The part of the platform's HTTP API that its published client needs beside the websocket, against
 * the demo's database. The demo serves it; the gateway does not know it.
 *
 * <p>{@link herald.demo.api.CommsApi} takes a request. {@code Callers} finds out who has signed it.
 * A write goes through {@code Mutations}, which applies it with its rpc log in one transaction;
 * {@code Operations} knows what each method writes, and {@code Permissions} who may. A read goes
 * through {@code ChatQueries} or {@code PeopleQueries}.
 */
@NullMarked
package herald.demo.api;

import org.jspecify.annotations.NullMarked;
