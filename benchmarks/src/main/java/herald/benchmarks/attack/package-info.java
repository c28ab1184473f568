/**
 * Clients that mean harm, in a process of their own: {@link herald.benchmarks.attack.AttackProcess}
 * runs sockets that say nothing and handshakes whose signature nobody made; {@link
 * herald.benchmarks.attack.Attack} is that process as the driver sees it.
 */
@NullMarked
package herald.benchmarks.attack;

import org.jspecify.annotations.NullMarked;
