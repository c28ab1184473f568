/** A WebSocket client for a demo's people and for tests. */
@NullMarked
package herald.demo.client;

import org.jspecify.annotations.NullMarked;
