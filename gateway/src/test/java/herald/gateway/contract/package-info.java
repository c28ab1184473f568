/** Whether what is written for authors of clients is what Herald does. */
@NullMarked
package herald.gateway.contract;

import org.jspecify.annotations.NullMarked;
