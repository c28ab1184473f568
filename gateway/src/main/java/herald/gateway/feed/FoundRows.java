package herald.gateway.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What one search of a sweep has found and the feed has not handled, up to a bound. Beyond it the
 * search is not complete, and the next one begins where this one did. The sweep's thread.
 */
final class FoundRows {
  static final int MAX_FOUND = 100_000;

  private final Predicate<String> isKnown;
  private final List<String> signatures = new ArrayList<>();

  /**
   * @param isKnown whether the feed has handled the row of this signature
   */
  FoundRows(Predicate<String> isKnown) {
    this.isKnown = isKnown;
  }

  /** Takes the signatures of a page of the table. */
  void add(List<String> page) {
    for (String signature : page) {
      if (signatures.size() < MAX_FOUND && !isKnown.test(signature)) {
        signatures.add(signature);
      }
    }
  }

  boolean isEmpty() {
    return signatures.isEmpty();
  }

  /** Whether nothing has been left out. */
  boolean isComplete() {
    return signatures.size() < MAX_FOUND;
  }

  /** Those that have not been handled meanwhile. */
  List<String> unknown() {
    return signatures.stream().filter(isKnown.negate()).toList();
  }
}
