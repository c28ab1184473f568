package herald.gateway.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What should have arrived, by what the database says. Read when the writers rest. */
final class Ledger {
  private final Map<Integer, Set<String>> earlierRounds = new HashMap<>();
  private final List<Unannounced> unannounced = new ArrayList<>();
  private Map<Integer, Map<String, Entry>> byUser = new HashMap<>();
  private int events;
  private int unreadable;

  /**
   * An event that concerns one user.
   *
   * @param stream in what it has to come in order
   * @param place its place in the order of commits
   * @param isRequired whether it has to come
   */
  private record Entry(String stream, long place, long committedAtMicros, boolean isRequired) {}

  /** An event that has come, and when. */
  private record Arrived(Entry entry, long atMicros) {}

  /**
   * A gap that a client was told of, in microseconds since the epoch.
   *
   * @param sinceMicros by the clock of the database, as that of the commits is
   */
  record ToldGap(long sinceMicros, long toldAtMicros) {
    private boolean covers(Entry entry) {
      return entry.committedAtMicros >= sinceMicros && entry.committedAtMicros < toldAtMicros;
    }
  }

  /** While nothing was announced; microseconds since the epoch. */
  private record Unannounced(long sinceMicros, long untilMicros) {
    boolean covers(Entry entry) {
      return entry.committedAtMicros >= sinceMicros && entry.committedAtMicros <= untilMicros;
    }
  }

  /** Notes that what was committed between two moments was not announced. */
  void wasNotAnnounced(long sinceMicros, long untilMicros) {
    unannounced.add(new Unannounced(sinceMicros, untilMicros));
  }

  /** Reads what was committed since the moment, microseconds since the epoch: a round. */
  void read(SuiteDatabase database, long sinceMicros) throws SQLException {
    byUser.forEach(
        (user, entries) ->
            earlierRounds.computeIfAbsent(user, any -> new HashSet<>()).addAll(entries.keySet()));
    byUser = new HashMap<>();
    try (Connection connection = database.connect()) {
      try (PreparedStatement query = connection.prepareStatement(LedgerQuery.CONCERNED)) {
        query.setLong(1, sinceMicros);
        add(query);
      }
      try (PreparedStatement query = connection.prepareStatement(LedgerQuery.COUNT_UNREADABLE)) {
        query.setLong(1, sinceMicros);
        try (ResultSet row = query.executeQuery()) {
          row.next();
          unreadable = row.getInt(1);
        }
      }
    }
  }

  private void add(PreparedStatement query) throws SQLException {
    Map<String, String> names = new HashMap<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        String event = row.getString(2);
        Entry entry =
            new Entry(row.getString(3), row.getLong(4), row.getLong(5), row.getBoolean(6));
        // One text for all receivers.
        String name = names.computeIfAbsent(event, any -> event);
        byUser.computeIfAbsent(row.getInt(1), user -> new HashMap<>()).put(name, entry);
      }
    }
    events += names.size();
  }

  /** Events of all rounds. */
  int events() {
    return events;
  }

  /** Rows of this round that can't be read. */
  int unreadable() {
    return unreadable;
  }

  /**
   * Compares what one client of a user received in this round with what concerned the user.
   *
   * @param arrivals each event once in the order of arrival, with its time in microseconds since
   *     the epoch
   * @param told the gaps that the client was told of: it has to load what they cover, whether it
   *     still comes or not
   */
  Findings compare(int user, Map<String, Long> arrivals, List<ToldGap> told) {
    Map<String, Entry> concerned = byUser.getOrDefault(user, Map.of());
    Findings findings = new Findings();
    concerned.forEach(
        (event, entry) -> {
          if (!arrivals.containsKey(event)) {
            absent(findings, user, event, entry, told);
          }
        });
    Map<String, Arrived> lastOfStream = new HashMap<>();
    arrivals.forEach(
        (event, arrivedAtMicros) -> {
          Entry entry = concerned.get(event);
          if (entry == null) {
            strange(findings, user, event);
            return;
          }
          findings.delivered++;
          findings.longestMicros =
              Math.max(findings.longestMicros, arrivedAtMicros - entry.committedAtMicros);
          Arrived last = lastOfStream.get(entry.stream);
          if (last == null || entry.place >= last.entry.place) {
            if (isAnnounced(entry)) {
              lastOfStream.put(entry.stream, new Arrived(entry, arrivedAtMicros));
            }
          } else {
            late(findings, user, event, entry, last, arrivedAtMicros, told);
          }
        });
    return findings;
  }

  private static void absent(
      Findings findings, int user, String event, Entry entry, List<ToldGap> told) {
    if (!entry.isRequired) {
      findings.superseded++;
      return;
    }
    if (told.stream().anyMatch(gap -> gap.covers(entry))) {
      findings.missingBehindGap++;
      return;
    }
    findings.missing++;
    findings.example(
        Findings.Kind.MISSING,
        String.format(
            "user %d: %s, committed at %d, is missing", user, event, entry.committedAtMicros));
  }

  /** It may be of an earlier round: what was confirmed may come again. */
  private void strange(Findings findings, int user, String event) {
    if (earlierRounds.getOrDefault(user, Set.of()).contains(event)) {
      findings.cameAgain++;
    } else {
      findings.foreign++;
      findings.example(Findings.Kind.FOREIGN, String.format("user %d: %s is foreign", user, event));
    }
  }

  /**
   * An event that came behind a later one. A reaction that was replaced may do so: an instance that
   * had read it before passed it on to a client that comes from one that read it after.
   */
  private void late(
      Findings findings,
      int user,
      String event,
      Entry entry,
      Arrived last,
      long arrivedAtMicros,
      List<ToldGap> told) {
    if (!isAnnounced(entry)) {
      findings.unannouncedLate++;
    } else if (told.stream()
        .anyMatch(gap -> gap.covers(entry) && gap.toldAtMicros < arrivedAtMicros)) {
      findings.lateBehindGap++;
    } else if (entry.isRequired) {
      findings.outOfOrder++;
      findings.example(
          Findings.Kind.OUT_OF_ORDER,
          String.format(
              "user %d, %s: %s, committed at %d, came at %d; one that was committed at %d had"
                  + " come at %d",
              user,
              entry.stream,
              event,
              entry.committedAtMicros,
              arrivedAtMicros,
              last.entry.committedAtMicros,
              last.atMicros));
    }
  }

  private boolean isAnnounced(Entry entry) {
    return unannounced.stream().noneMatch(time -> time.covers(entry));
  }
}
