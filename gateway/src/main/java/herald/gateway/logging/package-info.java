/**
 * Logging: {@link herald.gateway.logging.Logs} sets it up, {@link herald.gateway.logging.Field}s
 * are what lines in JSON have of their own, and {@link herald.gateway.logging.IntervalLog} keeps a
 * warning that may occur thousands of times from filling it. Any package may use this one; it uses
 * none.
 */
@NullMarked
package herald.gateway.logging;

import org.jspecify.annotations.NullMarked;
