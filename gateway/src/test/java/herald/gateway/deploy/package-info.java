/**
 * Whether what {@code deploy/} holds is right: by itself, against the options and metrics of the
 * code, and with the tools that it is for, where they are installed.
 */
@NullMarked
package herald.gateway.deploy;

import org.jspecify.annotations.NullMarked;
