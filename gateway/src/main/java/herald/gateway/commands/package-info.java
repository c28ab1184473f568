/**
 * The command line: {@code herald serve}, {@code config}, {@code check}, {@code explain}, {@code
 * schema}, {@code rules}, {@code sign}, {@code tail}. The options of {@code serve} are mixins, one
 * for each subject, whose fields begin with the defaults of the settings in {@link
 * herald.gateway.config}.
 */
@NullMarked
package herald.gateway.commands;

import org.jspecify.annotations.NullMarked;
