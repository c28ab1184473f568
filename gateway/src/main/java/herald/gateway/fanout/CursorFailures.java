package herald.gateway.fanout;

import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;

/**
 * What becomes of a connection when something was thrown that concerns it alone: it is counted, and
 * the connection ends, on its own event loop. Any thread.
 */
final class CursorFailures {
  private final IsolatedFailures failures;

  CursorFailures(IsolatedFailures failures) {
    this.failures = failures;
  }

  /**
   * Counts, and has the connection closed in a task of its own: whoever walks over connections is
   * not to lose its place.
   */
  void onFailure(Place place, Cursor cursor, Throwable failure) {
    failures.isolated(place, failure);
    failures.run(
        place,
        () -> cursor.eventLoop().execute(() -> failures.run(place, cursor.owner()::onFailure)));
  }

  /** The same where no connection can be blamed. */
  void onFailure(Place place, Throwable failure) {
    failures.isolated(place, failure);
  }
}
