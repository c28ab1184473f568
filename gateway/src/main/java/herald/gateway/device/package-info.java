/**
 * Which device a connection belongs to, as far as a handshake tells. A device is a browser profile,
 * an app on a phone, or a program; a position in the event log belongs to a device, so that what
 * one device of a user has confirmed is not taken away from another.
 *
 * <p>{@link herald.gateway.device.DeviceCookie} reads the cookie that an earlier handshake set and
 * makes the one that this handshake sets; {@link herald.gateway.device.Device} is the result. A
 * device proves nothing: it only chooses among the positions of a user who has been authenticated
 * by a signature.
 */
@NullMarked
package herald.gateway.device;

import org.jspecify.annotations.NullMarked;
