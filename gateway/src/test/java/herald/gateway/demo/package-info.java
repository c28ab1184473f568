/** The demo, which starts the gateway as a process, used as a person would use it. */
@NullMarked
package herald.gateway.demo;

import org.jspecify.annotations.NullMarked;
