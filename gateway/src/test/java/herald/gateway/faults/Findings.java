package herald.gateway.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What comparing the clients' arrivals with the database has found. */
final class Findings {
  private static final int MAX_EXAMPLES = 10;

  /** Events of the round that reached those whom they concerned. */
  int delivered;

  /** Events that did not come. */
  int missing;

  /** Events that came behind a later one of the same chat. */
  int outOfOrder;

  /** Events that came to somebody whom they do not concern, or that nobody had committed. */
  int foreign;

  /** Events that came twice on one connection, which nothing excuses. */
  int duplicate;

  /** Events that came again on a later connection; the published client shows them once. */
  int cameAgain;

  /** The longest time from the operation to its arrival. */
  long longestMicros;

  /** The first of what must not be, for people. */
  private final List<String> examples = new ArrayList<>();

  void example(String sentence) {
    if (examples.size() < MAX_EXAMPLES) {
      examples.add(sentence);
    }
  }

  void add(Findings other) {
    other.examples.forEach(this::example);
    delivered += other.delivered;
    missing += other.missing;
    outOfOrder += other.outOfOrder;
    foreign += other.foreign;
    duplicate += other.duplicate;
    cameAgain += other.cameAgain;
    longestMicros = Math.max(longestMicros, other.longestMicros);
  }

  boolean isClean() {
    return missing == 0 && outOfOrder == 0 && foreign == 0 && duplicate == 0;
  }

  @Override
  public String toString() {
    return String.format(
            "%d delivered, %d missing, %d duplicate, %d out of order, %d foreign"
                + " (%d came again after a reconnect); longest from operation to arrival %.1f s",
            delivered, missing, duplicate, outOfOrder, foreign, cameAgain, longestMicros / 1e6)
        + examples.stream().map(example -> "\n      " + example).collect(Collectors.joining());
  }
}
