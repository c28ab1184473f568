/** Every meter, declared in one place with name, unit and help text. */
@NullMarked
package herald.gateway.metrics;

import org.jspecify.annotations.NullMarked;
