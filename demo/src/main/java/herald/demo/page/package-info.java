/**
 * The demo's page and everything on its port: the page's files, the platform's API, the buttons
 * that do harm, and the way through to the gateway's websocket.
 *
 * <ol>
 *   <li>{@link herald.demo.page.FrontDoor} accepts a connection and looks at its first bytes: a
 *       websocket goes to the gateway, anything else to the HTTP server, byte by byte.
 *   <li>{@code Tunnel} is such a way through; it can be cut or made slow.
 *   <li>{@link herald.demo.page.DemoSite} is the HTTP server: {@code PageFiles}, {@code Controls}
 *       and the API of {@link herald.demo.api}.
 *   <li>{@code LiveFeed} tells open pages what was committed and what the gateway counts.
 * </ol>
 */
@NullMarked
package herald.demo.page;

import org.jspecify.annotations.NullMarked;
