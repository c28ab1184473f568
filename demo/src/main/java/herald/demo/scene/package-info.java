/**
 * The demo itself: puts the database, the gateway, the API and the page together, and plays a short
 * scene in the terminal.
 */
@NullMarked
package herald.demo.scene;

import org.jspecify.annotations.NullMarked;
