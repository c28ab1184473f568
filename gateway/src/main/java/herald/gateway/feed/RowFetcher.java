package herald.gateway.feed;

import herald.gateway.metrics.FeedMeters;
import herald.gateway.supervision.SupervisedThread;

/** Reads pending rows and hands them on to be published. Fetch thread. */
final class RowFetcher {
  private final PendingRows pending;
  private final FaultIsolatingReader reader;
  private final RowPublisher publisher;
  private final Progress progress;
  private final DuplicateFilter seen;
  private final Outcomes outcomes;
  private final FeedMeters meters;
  private final SupervisedThread supervised;

  RowFetcher(
      PendingRows pending,
      FaultIsolatingReader reader,
      RowPublisher publisher,
      Progress progress,
      DuplicateFilter seen,
      Outcomes outcomes,
      FeedMeters meters,
      SupervisedThread supervised) {
    this.pending = pending;
    this.reader = reader;
    this.publisher = publisher;
    this.progress = progress;
    this.seen = seen;
    this.outcomes = outcomes;
    this.meters = meters;
    this.supervised = supervised;
  }

  /** Reads the first of the pending rows, as many as one reading gives, and publishes them. */
  void fetch() throws InterruptedException {
    RowSource.Rows found = reader.read(pending.receivedAtNanos());
    meters.fetched(found.logs().size(), found.nanos());
    FeedPoint point = progress.point();
    publisher.publish(found.logs(), found.readAtNanos(), point);
    pending.remove(found);
    long nowNanos = System.nanoTime();
    for (String missing : found.missing()) {
      seen.addUnknown(missing, point.clockMicros(), nowNanos);
      outcomes.missing(missing);
    }
    for (String unreadable : found.unreadable()) {
      seen.addUnknown(unreadable, point.clockMicros(), nowNanos);
      outcomes.unreadable(unreadable, Method.UNKNOWN, reader.failure());
    }
  }

  /** The same until none is pending. */
  void fetchAll() throws InterruptedException {
    while (!pending.isEmpty()) {
      supervised.turn();
      fetch();
    }
  }
}
