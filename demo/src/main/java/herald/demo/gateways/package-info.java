/** The demo's gateway instances: processes that are killed and started again. */
@NullMarked
package herald.demo.gateways;

import org.jspecify.annotations.NullMarked;
