/**
 * What stands in for the platform where there is none, for the demo, the tests and the load driver.
 * The gateway does not know this module, and this module knows the gateway only as a process that
 * it starts and talks to.
 *
 * <p>{@code postgres} starts and stops database servers. {@code platform} commits what the
 * platform's API server would commit. {@code api} answers the HTTP requests that the platform's
 * published client makes beside its WebSocket. {@code page} serves the demo's page. {@code scene}
 * puts all of it together and plays a short scene. {@code client} is a WebSocket client.
 */
@NullMarked
package herald.demo;

import org.jspecify.annotations.NullMarked;
