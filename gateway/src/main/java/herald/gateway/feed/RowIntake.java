package herald.gateway.feed;

import herald.gateway.metrics.FeedMeters;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The way in: what the queue gives out becomes pending rows, and points of how far the feed has got
 * when these have been read. Of whoever has the turn, but for {@link #offerUnannounced}.
 */
final class RowIntake {
  private final NotificationQueue queue;
  private final PendingRows pending;
  private final RowPublisher publisher;
  private final Progress progress;
  private final @Nullable HandledMarks marks;
  private final Outcomes outcomes;
  private final FeedMeters meters;

  /** Signatures that nobody has announced. */
  private final Queue<String> unannounced = new ConcurrentLinkedQueue<>();

  /** Taken from the queue and not yet looked at: what throws loses none of it. */
  private List<NotificationQueue.Notification> taken = List.of();

  private String lastAdded = "";

  RowIntake(
      NotificationQueue queue,
      PendingRows pending,
      RowPublisher publisher,
      Progress progress,
      @Nullable HandledMarks marks,
      Outcomes outcomes,
      FeedMeters meters) {
    this.queue = queue;
    this.pending = pending;
    this.publisher = publisher;
    this.progress = progress;
    this.marks = marks;
    this.outcomes = outcomes;
    this.meters = meters;
  }

  /** Pushes rows that no notification has told of. Any thread. */
  void offerUnannounced(List<String> signatures) {
    unannounced.addAll(signatures);
    queue.wake();
  }

  /** Whether there are such rows. Any thread. */
  boolean hasUnannounced() {
    return !unannounced.isEmpty();
  }

  /** Takes what waits in the queue, but for what an earlier turn has taken and not looked at. */
  void take(int max) {
    if (taken.isEmpty()) {
      taken = queue.take(max);
    }
  }

  /** Whether something has been taken that was not looked at. */
  boolean hasTaken() {
    return !taken.isEmpty();
  }

  /** Makes pending what has been taken. */
  void addTaken() {
    for (NotificationQueue.Notification notification : taken) {
      FeedPoint point = notification.point();
      if (point != null) {
        progress.onHeard(point, lastAdded);
      } else {
        addNotified(notification);
      }
    }
    taken = List.of();
  }

  private void addNotified(NotificationQueue.Notification notification) {
    String signature = notification.signature();
    if (signature == null) {
      outcomes.badNotification();
    } else if (pending.add(signature, notification.receivedAtNanos(), notification.xid())) {
      lastAdded = signature;
    } else {
      meters.notificationRepeated();
    }
  }

  /** Makes pending what nobody has announced. */
  void addUnannounced() {
    for (String sig = unannounced.poll(); sig != null; sig = unannounced.poll()) {
      if (pending.add(sig, System.nanoTime())) {
        if (marks != null) {
          marks.onUnannounced();
        }
        outcomes.unannounced(sig);
        lastAdded = sig;
      }
    }
  }

  /** What was pending has been read, or the first of it. */
  void onRead() {
    FeedPoint read = progress.onRead(pending.receivedAtNanos());
    if (marks != null) {
      if (read != null) {
        marks.onRead(new FeedMark(read, progress.base(), progress.oldest()), publisher.rowsRead());
      }
      marks.onTurnEnd(publisher.rowsPublished());
    }
  }
}
