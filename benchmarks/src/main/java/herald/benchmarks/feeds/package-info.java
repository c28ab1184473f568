/**
 * Ways by which events reach instances, compared with each other: {@link
 * herald.benchmarks.feeds.FeedTrial} has a {@link herald.benchmarks.feeds.FedInstances} for each
 * {@link herald.benchmarks.feeds.FeedKind}, and {@link herald.benchmarks.feeds.CatchUpTrial}
 * measures how an instance begins that finds a stream with a long past.
 */
@NullMarked
package herald.benchmarks.feeds;

import org.jspecify.annotations.NullMarked;
