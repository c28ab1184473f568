package herald.gateway.feed;

import herald.gateway.fanout.Event;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * Reads the rows of one replay, the newest first, page by page, until there are no more of them or
 * a bound has been reached. A row that can't be read costs its own events alone.
 */
final class ReplayReading {
  private final DataSource database;
  private final int userId;
  private final EventFactory factory;
  private final ReplayAnswer answer;
  private final BooleanSupplier isOver;
  private final RpcLogReader reader;
  private final BlastReader blasts;
  private final NewChatReader newChats;
  private final ReplayFilter filter;
  private final Set<String> unreadable = new HashSet<>();

  /**
   * @param answer gets what is found, and what can't be had
   * @param isOver whether no time is left, or nobody waits any more
   */
  ReplayReading(
      DataSource database,
      int userId,
      EventFactory factory,
      int queryTimeoutMillis,
      ReplayAnswer answer,
      BooleanSupplier isOver) {
    this.database = database;
    this.userId = userId;
    this.factory = factory;
    this.answer = answer;
    this.isOver = isOver;
    reader = new RpcLogReader(database, null);
    blasts = new BlastReader(database, null, queryTimeoutMillis);
    newChats = new NewChatReader(database, null);
    filter = new ReplayFilter(database, userId);
  }

  void run(ReplayCandidates.Wanted wanted) throws SQLException {
    ReplayCandidates.read(database, userId, wanted, this::addAll);
  }

  /** Adds what of a page concerns the user; false when a bound has been reached. */
  private boolean addAll(List<ReplayCandidates.Row> page) throws SQLException {
    Map<String, Long> waiting = new LinkedHashMap<>();
    Map<String, ReplayCandidates.Row> rows = new HashMap<>();
    for (ReplayCandidates.Row row : page) {
      waiting.put(row.sig(), System.nanoTime());
      rows.put(row.sig(), row);
    }
    while (!waiting.isEmpty()) {
      RpcLogReader.Reading reading = readSome(waiting);
      Map<RpcLog, EventFactory.Decision> decisions = decide(reading.found());
      Set<EventFactory.Decision> concerning = filter.mayConcern(decisions.values());
      for (Map.Entry<RpcLog, EventFactory.Decision> decided : decisions.entrySet()) {
        RpcLog log = decided.getKey();
        EventFactory.Decision decision = decided.getValue();
        if (isOver.getAsBoolean()) {
          answer.missUntil(log.appliedAtMicros());
          return false;
        }
        ReplayCandidates.Row row = rows.get(log.sig());
        long committedAtMicros = row == null ? 0 : row.committedAtMicros();
        if (concerning.contains(decision) && !add(log, committedAtMicros, decision)) {
          return false;
        }
      }
      List.copyOf(reading.asked()).forEach(waiting::remove);
      for (String sig : unreadable) {
        ReplayCandidates.Row row = rows.get(sig);
        answer.missUntil(row == null ? Long.MIN_VALUE : row.appliedAtMicros());
      }
      unreadable.clear();
    }
    return true;
  }

  /** What is to be done with each, in their order, without those that nobody can read. */
  private Map<RpcLog, EventFactory.Decision> decide(List<RpcLog> logs) {
    Map<RpcLog, EventFactory.Decision> decisions = new LinkedHashMap<>();
    for (RpcLog log : logs) {
      try {
        decisions.put(log, factory.decide(log));
      } catch (RuntimeException e) {
        if (!DatabaseRetry.isOfData(e)) {
          answer.missUntil(log.appliedAtMicros());
        }
      }
    }
    return decisions;
  }

  /** Reads the first of these; a row that can't be read is left out, and all others are read. */
  private RpcLogReader.Reading readSome(Map<String, Long> waiting) throws SQLException {
    Map<String, Long> asked = waiting;
    while (true) {
      try {
        return reader.read(asked);
      } catch (SQLException | RuntimeException e) {
        if (DatabaseRetry.isOfConnection(e)) {
          throw e;
        }
        if (asked.size() == 1) {
          if (!DatabaseRetry.isOfData(e)) {
            unreadable.addAll(asked.keySet());
          }
          return new RpcLogReader.Reading(asked.keySet(), List.of());
        }
        asked = firstHalf(asked);
      }
    }
  }

  private static Map<String, Long> firstHalf(Map<String, Long> all) {
    Map<String, Long> half = new LinkedHashMap<>();
    for (Map.Entry<String, Long> entry : all.entrySet()) {
      if (half.size() == all.size() / 2) {
        break;
      }
      half.put(entry.getKey(), entry.getValue());
    }
    return half;
  }

  /**
   * Adds a row's events, or says that they are missing; false if there is no room for them. A row
   * that does not concern the user needs none.
   */
  private boolean add(RpcLog log, long committedAtMicros, EventFactory.Decision decision)
      throws SQLException {
    List<Event> found;
    try {
      found = eventsOf(log, decision);
    } catch (SQLException | RuntimeException e) {
      if (DatabaseRetry.isOfConnection(e)) {
        throw e;
      }
      if (!DatabaseRetry.isOfData(e)) {
        answer.missUntil(log.appliedAtMicros());
      }
      return true;
    }
    return answer.add(log, committedAtMicros, found);
  }

  private List<Event> eventsOf(RpcLog log, EventFactory.Decision decision) throws SQLException {
    if (decision instanceof EventFactory.Decision.Push push) {
      return List.of(push.event());
    }
    if (decision instanceof EventFactory.Decision.Create create) {
      return newChats.read(log, create.chatId()).events();
    }
    if (decision instanceof EventFactory.Decision.Blast blast) {
      return blasts.readForUser(log, blast.blastId(), blast.senderUserId(), userId);
    }
    return List.of();
  }
}
