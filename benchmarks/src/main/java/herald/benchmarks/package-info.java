/**
 * What Herald costs: {@code herald-bench} puts load on gateways and on what they are compared with,
 * and reports. {@link herald.benchmarks.Main} starts it.
 *
 * <p>{@code load} makes users and chats, commits rpc logs on a schedule and runs the clients, which
 * live in processes of their own ({@code clients}). {@code servers} starts what is measured, {@code
 * compare} drives it in turn with the limit and the peers, {@code feeds} does so with the ways by
 * which instances hear of events, {@code attack} and {@code harm} are those who mean ill, {@code
 * report} writes what came out. {@code micro} holds the JMH benchmarks of single steps.
 */
@NullMarked
package herald.benchmarks;

import org.jspecify.annotations.NullMarked;
