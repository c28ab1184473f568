package herald.gateway.faults;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What has come to one client. Any thread. */
final class Arrivals {
  /** More than come within the retention. */
  private static final int MAX_CONFIRMED = 5_000;

  private final int userId;

  /** When each event of this round came first, in that order. Guarded by this. */
  private final Map<String, Long> firstTimes = new LinkedHashMap<>();

  /** With the event's id and when it came. Guarded by this. */
  private final Map<String, String> onThisConnection = new HashMap<>();

  /** Those behind which no ping has been answered yet. Guarded by this. */
  private final List<String> unconfirmed = new ArrayList<>();

  /** Those behind which a ping has been answered, the oldest first. Guarded by this. */
  private final Set<String> confirmed = new LinkedHashSet<>();

  /** Guarded by this. */
  private int cameAgain;

  /** Guarded by this. */
  private int needless;

  /** Guarded by this. */
  private int duplicate;

  /** Guarded by this; the last that came twice on one connection, for people. */
  private String duplicateExample = "";

  /** Guarded by this. */
  private int gaps;

  /** Those of this round. Guarded by this. */
  private final List<Ledger.ToldGap> told = new ArrayList<>();

  /** Guarded by this. */
  private int connects;

  /** Guarded by this. */
  private int reconnects;

  /** Guarded by this. */
  private long connectedAtMicros;

  /** Guarded by this, for people. */
  private final List<String> gapExamples = new ArrayList<>();

  /** When it connected in this round and was told of gaps, for people. Guarded by this. */
  private final List<String> history = new ArrayList<>();

  Arrivals(int userId) {
    this.userId = userId;
  }

  synchronized void onConnected() {
    onThisConnection.clear();
    unconfirmed.clear();
    reconnects += connects > 0 ? 1 : 0;
    connects++;
    connectedAtMicros = nowMicros();
    history.add("connected at " + connectedAtMicros);
  }

  synchronized void onGap(long sinceMicros) {
    gaps++;
    long now = nowMicros();
    gapExamples.add(
        String.format(
            "at %d, %.1f s after it had connected, a client of user %d was told of a gap that began"
                + " %.1f s before",
            now, (now - connectedAtMicros) / 1e6, userId, (now - sinceMicros) / 1e6));
    told.add(new Ledger.ToldGap(sinceMicros, nowMicros()));
    history.add("told at " + nowMicros() + " of a gap since " + sinceMicros);
  }

  /**
   * An event has come.
   *
   * @param event what it says
   * @param id what tells it from others that say the same
   */
  synchronized void onEvent(String event, String id) {
    String arrival = id + " at " + nowMicros();
    String before = onThisConnection.putIfAbsent(event, arrival);
    if (before != null) {
      duplicate++;
      duplicateExample =
          String.format(
              "user %d: %s came twice on the connection of %d, as %s and as %s",
              userId, event, connectedAtMicros, before, arrival);
      return;
    }
    unconfirmed.add(event);
    needless += confirmed.contains(event) ? 1 : 0;
    if (firstTimes.putIfAbsent(event, nowMicros()) != null) {
      cameAgain++;
    }
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /** A ping has been answered: the gateway is told that all has arrived that was sent before it. */
  synchronized void onPingAnswered() {
    confirmed.addAll(unconfirmed);
    unconfirmed.clear();
    Iterator<String> oldest = confirmed.iterator();
    for (int over = confirmed.size() - MAX_CONFIRMED; over > 0; over--) {
      oldest.next();
      oldest.remove();
    }
  }

  /** Compares what has come in this round. */
  synchronized Findings compare(Ledger ledger) {
    Findings findings = ledger.compare(userId, firstTimes, told);
    gapExamples.forEach(findings::gapExample);
    findings.cameAgain += cameAgain;
    findings.needless += needless;
    findings.reconnects += reconnects;
    findings.duplicate += duplicate;
    if (duplicate > 0) {
      findings.example(Findings.Kind.DUPLICATE, duplicateExample);
    }
    findings.gaps += gaps;
    findings.annotate("; the client " + String.join(", ", history));
    return findings;
  }

  /** Forgets what has come, but not what has been confirmed. */
  synchronized void nextRound() {
    firstTimes.clear();
    cameAgain = 0;
    needless = 0;
    reconnects = 0;
    duplicate = 0;
    gaps = 0;
    told.clear();
    gapExamples.clear();
    history.clear();
  }

  synchronized int connects() {
    return connects;
  }
}
