/**
 * The command line: {@code herald serve}, {@code check}, {@code schema}, {@code sign}, {@code
 * tail}.
 */
@NullMarked
package herald.gateway.commands;

import org.jspecify.annotations.NullMarked;
