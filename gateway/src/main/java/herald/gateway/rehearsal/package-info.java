/**
 * What an instance does before it says that it is ready, so that its first clients do not pay for
 * it: {@link herald.gateway.rehearsal.Rehearsal} has made-up events go the whole way to a client of
 * its own. Classes are loaded and the code that every event runs is compiled then. {@code Stage}
 * puts the parts together, which are the real ones, with a dispatcher, meters and an address that
 * nobody else sees; {@code RehearsalClient} is the client.
 */
@NullMarked
package herald.gateway.rehearsal;

import org.jspecify.annotations.NullMarked;
