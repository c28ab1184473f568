/**
 * Load on gateways: {@link herald.benchmarks.load.Population} makes users and chats, {@link
 * herald.benchmarks.load.Fleet} runs the clients in processes of their own, {@link
 * herald.benchmarks.load.EventWriters} commits rpc logs on a schedule, and {@link
 * herald.benchmarks.load.LoadRun} puts the three together and says what came out.
 */
@NullMarked
package herald.benchmarks.load;

import org.jspecify.annotations.NullMarked;
