package herald.gateway.faults;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What comparing the clients' arrivals with the database has found. */
final class Findings {
  private static final int MAX_EXAMPLES = 4;
  private static final int MAX_GAP_EXAMPLES = 20;

  /** Events of the round that reached those whom they concerned. */
  int delivered;

  /** Events that did not come. */
  int missing;

  /** Events that came behind a later one of the same chat. */
  int outOfOrder;

  /**
   * Events that came to somebody whom they do not concern, that nobody had committed, or that say
   * something else than what is stored.
   */
  int foreign;

  /** Events that came twice on one connection, which nothing excuses. */
  int duplicate;

  /** Rows that can't be read and were not counted as such, or others that were. */
  int miscounted;

  /** Events that came again on a later connection; the published client shows them once. */
  int cameAgain;

  /**
   * Of these, those that the client had confirmed: it had answered a ping that came behind them.
   */
  int needless;

  /** How often clients came back. */
  int reconnects;

  /** Reactions that did not come, and were replaced by a later one. */
  int superseded;

  /** Events whose rows no notification had announced, and that came behind a later one. */
  int unannouncedLate;

  /** Events that did not come to a client that had been told of a gap after their commit. */
  int missingBehindGap;

  /** Events that came to such a client after all, behind a later one. */
  int lateBehindGap;

  /** Gaps that clients were told of. */
  int gaps;

  /** The first gaps that clients were told of, for people. */
  private final List<String> gapExamples = new ArrayList<>();

  /** The longest time from the commit to its arrival. */
  long longestMicros;

  /** The first of each kind that must not be, for people. */
  private final Map<Kind, List<String>> examples = new EnumMap<>(Kind.class);

  /** What must not be. */
  enum Kind {
    MISSING,
    DUPLICATE,
    OUT_OF_ORDER,
    FOREIGN,
    MISCOUNTED
  }

  void example(Kind kind, String sentence) {
    List<String> ofKind = examples.computeIfAbsent(kind, any -> new ArrayList<>());
    if (ofKind.size() < MAX_EXAMPLES) {
      ofKind.add(sentence);
    }
  }

  /** Says of a gap what it was. */
  void gapExample(String sentence) {
    if (gapExamples.size() < MAX_GAP_EXAMPLES) {
      gapExamples.add(sentence);
    }
  }

  /** Says more of each example. */
  void annotate(String words) {
    examples.values().forEach(all -> all.replaceAll(example -> example + words));
  }

  void add(Findings other) {
    other.examples.forEach((kind, all) -> all.forEach(sentence -> example(kind, sentence)));
    other.gapExamples.forEach(this::gapExample);
    delivered += other.delivered;
    missing += other.missing;
    outOfOrder += other.outOfOrder;
    foreign += other.foreign;
    duplicate += other.duplicate;
    miscounted += other.miscounted;
    cameAgain += other.cameAgain;
    needless += other.needless;
    reconnects += other.reconnects;
    superseded += other.superseded;
    unannouncedLate += other.unannouncedLate;
    gaps += other.gaps;
    missingBehindGap += other.missingBehindGap;
    lateBehindGap += other.lateBehindGap;
    longestMicros = Math.max(longestMicros, other.longestMicros);
  }

  boolean isClean() {
    return missing == 0 && outOfOrder == 0 && foreign == 0 && duplicate == 0 && miscounted == 0;
  }

  /** Whether something may still come. */
  boolean isToBeWaitedFor() {
    return missing > 0 || miscounted > 0;
  }

  private double perReconnect(int events) {
    return (double) events / Math.max(1, reconnects);
  }

  @Override
  public String toString() {
    return String.format(
            "%d delivered, %d missing, %d duplicate, %d out of order, %d foreign, %d unreadable"
                + " miscounted (%d reconnects; %d came again, %.2f per reconnect; of these %d"
                + " needless, %.2f per reconnect; %d reactions were replaced before they came, %d"
                + " unannounced came late, %d gaps were said, behind which %d are"
                + " missing and %d came late); longest from commit to arrival %.1f"
                + " s",
            delivered,
            missing,
            duplicate,
            outOfOrder,
            foreign,
            miscounted,
            reconnects,
            cameAgain,
            perReconnect(cameAgain),
            needless,
            perReconnect(needless),
            superseded,
            unannouncedLate,
            gaps,
            missingBehindGap,
            lateBehindGap,
            longestMicros / 1e6)
        + Stream.concat(examples.values().stream().flatMap(List::stream), gapExamples.stream())
            .map(example -> "\n      " + example)
            .collect(Collectors.joining());
  }
}
