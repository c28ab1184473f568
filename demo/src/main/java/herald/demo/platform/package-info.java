/**
 * The platform's API server as far as the database can tell: {@link herald.demo.platform.Community}
 * makes users and what binds them, and {@link herald.demo.platform.Platform} commits what they do,
 * each operation with its rpc log in one transaction.
 */
@NullMarked
package herald.demo.platform;

import org.jspecify.annotations.NullMarked;
