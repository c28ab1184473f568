package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.config.ReplaySettings;
import herald.gateway.fanout.Event;
import herald.gateway.fanout.Gap;
import herald.gateway.fanout.KnownEvents;
import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.metrics.ConnectionMeters.GapSource;
import herald.protocol.EncodedEvent;
import herald.protocol.EventId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * One user's past, read from one database. Whom each rpc log concerns is decided as for any other,
 * by the membership of now. Bounded in events and in time; what is beyond is said as a gap. Any
 * thread.
 *
 * <p>The client's moment and the rows' times come from different clocks. So the reading begins
 * earlier than the moment, by more than clocks are expected to differ: what is sent once more is
 * shown once, what is left out would be lost.
 */
final class ReplayReader implements UserReplay.Reader {
  private static final int PAGE = 500;
  private static final long NOTHING_MISSING = Long.MIN_VALUE;

  /** Where rows are read from: chosen anew for each replay. */
  @FunctionalInterface
  interface Source {
    DataSource choose();
  }

  private final Source source;
  private final EventFactory factory;
  private final EventBound bound;
  private final FeedSettings feed;
  private final ReplaySettings settings;
  private final IntSupplier cluster;
  private final InstantSource clock;

  /**
   * @param cluster tells of which history of the database transaction ids are at the moment
   */
  ReplayReader(
      Source source,
      FeedSettings feed,
      ReplaySettings settings,
      IntSupplier cluster,
      InstantSource clock) {
    this.source = source;
    this.cluster = cluster;
    this.feed = feed;
    this.settings = settings;
    this.clock = clock;
    factory = new EventFactory(feed);
    bound = new EventBound(feed.maxEventBytes().bytes());
  }

  /** What the user may have missed. */
  @Override
  public Replay read(ReplayRequest request, long untilNanos, BooleanSupplier isWanted)
      throws SQLException {
    long xmin = request.cluster() == cluster.getAsInt() ? request.xmin() : 0;
    DataSource database = source.choose();
    EventId event = request.event();
    ReplayAnchor anchor =
        event == null ? null : ReplayAnchor.find(database, new RpcLogReader(database, null), event);
    return new Reading(
            database, request.userId(), since(request, anchor), xmin, anchor, untilNanos, isWanted)
        .run();
  }

  /** An event that is not there, with its time, may be of nobody's making. */
  private long since(ReplayRequest request, @Nullable ReplayAnchor anchor) {
    return request.event() == null || anchor != null
        ? request.afterMicros()
        : Math.min(
            request.afterMicros(), ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
  }

  /** One replay. */
  private final class Reading {
    private final DataSource database;
    private final RpcLogReader reader;
    private final BlastReader blasts;
    private final NewChatReader newChats;
    private final ReplayFilter filter;
    private final int userId;
    private final long afterMicros;
    private final long xmin;
    private final @Nullable ReplayAnchor anchor;
    private final List<EventId> known = new ArrayList<>();
    private final long oldestMicros;
    private final long deadlineNanos;
    private final BooleanSupplier isWanted;
    private final List<Found> rows = new ArrayList<>();
    private int events;
    private final Set<String> unreadable = new HashSet<>();
    private long missingUntilMicros = NOTHING_MISSING;

    Reading(
        DataSource database,
        int userId,
        long afterMicros,
        long xmin,
        @Nullable ReplayAnchor anchor,
        long untilNanos,
        BooleanSupplier isWanted) {
      this.userId = userId;
      this.afterMicros = afterMicros;
      this.anchor = anchor;
      this.database = database;
      this.xmin = xmin;
      this.isWanted = isWanted;
      deadlineNanos = untilNanos;
      reader = new RpcLogReader(database, null);
      blasts = new BlastReader(database, null, feed.queryTimeoutMillis());
      newChats = new NewChatReader(database, null);
      filter = new ReplayFilter(database, userId);
      Instant oldest = clock.instant().minusMillis(settings.maxAgeMillis());
      oldestMicros = ChronoUnit.MICROS.between(Instant.EPOCH, oldest);
    }

    Replay run() throws SQLException {
      long sinceMicros = Math.max(afterMicros, oldestMicros) - Replay.CLOCK_TOLERANCE_MICROS;
      if (afterMicros < oldestMicros) {
        missingUntilMicros = oldestMicros;
      }
      ReplayCandidates.Row last = ReplayCandidates.newest();
      boolean isComplete = false;
      while (!isComplete) {
        List<ReplayCandidates.Row> page = page(sinceMicros, last);
        if (!addAll(page)) {
          break;
        }
        isComplete = page.size() < PAGE;
        last = isComplete ? last : page.get(page.size() - 1);
      }
      List<EncodedEvent> brought = inOrder();
      return new Replay(
          brought, KnownEvents.of(brought, known, anchor == null ? null : anchor.bound()), gap());
    }

    /** What a row has come to. */
    private record Found(RpcLog row, List<EncodedEvent> events) {}

    /**
     * In the order in which the transactions began to write, as a catch-up reads: the times of
     * different writers do not tell. Transaction ids are compared as PostgreSQL does.
     */
    private List<EncodedEvent> inOrder() {
      if (rows.isEmpty()) {
        return List.of();
      }
      long near = rows.get(0).row().xid();
      rows.sort(
          Comparator.comparingInt((Found found) -> (int) (found.row().xid() - near))
              .thenComparingLong(found -> found.row().appliedAtMicros())
              .thenComparing(found -> found.row().sig()));
      return rows.stream().flatMap(found -> found.events().stream()).toList();
    }

    /** Adds what of a page concerns the user; false when a bound has been reached. */
    private boolean addAll(List<ReplayCandidates.Row> page) throws SQLException {
      Map<String, Long> waiting = new LinkedHashMap<>();
      Map<String, Long> appliedAtMicros = new HashMap<>();
      for (ReplayCandidates.Row row : page) {
        waiting.put(row.sig(), System.nanoTime());
        appliedAtMicros.put(row.sig(), row.appliedAtMicros());
      }
      while (!waiting.isEmpty()) {
        RpcLogReader.Reading reading = readSome(waiting);
        Map<RpcLog, EventFactory.Decision> decisions = decide(reading.found());
        Set<EventFactory.Decision> concerning = filter.mayConcern(decisions.values());
        for (Map.Entry<RpcLog, EventFactory.Decision> decided : decisions.entrySet()) {
          RpcLog log = decided.getKey();
          EventFactory.Decision decision = decided.getValue();
          if (isOver()) {
            missUntil(log.appliedAtMicros());
            return false;
          }
          if (concerning.contains(decision) && !add(log, decision)) {
            return false;
          }
        }
        List.copyOf(reading.asked()).forEach(waiting::remove);
        for (String sig : unreadable) {
          missUntil(appliedAtMicros.getOrDefault(sig, afterMicros));
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
            missUntil(log.appliedAtMicros());
          }
        }
      }
      return decisions;
    }

    private boolean isOver() {
      return System.nanoTime() - deadlineNanos > 0 || !isWanted.getAsBoolean();
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
    private boolean add(RpcLog log, EventFactory.Decision decision) throws SQLException {
      List<Event> found;
      try {
        found = eventsOf(log, decision);
      } catch (SQLException | RuntimeException e) {
        if (DatabaseRetry.isOfConnection(e)) {
          throw e;
        }
        if (!DatabaseRetry.isOfData(e)) {
          missUntil(log.appliedAtMicros());
        }
        return true;
      }
      List<EncodedEvent> own =
          found.stream()
              .filter(event -> event.audience().contains(userId))
              .map(Event::encoded)
              .toList();
      if (anchor != null) {
        own = behind(anchor, log, own);
      }
      if (own.stream().anyMatch(bound::isOver)) {
        missUntil(log.appliedAtMicros());
        return true;
      }
      if (!own.isEmpty() && events >= settings.maxEvents()) {
        missUntil(log.appliedAtMicros());
        return false;
      }
      if (!own.isEmpty()) {
        rows.add(new Found(log, own));
        events += own.size();
      }
      return true;
    }

    /** Those that are not known to have been pushed before the event that the client has named. */
    private List<EncodedEvent> behind(
        ReplayAnchor named, RpcLog log, List<EncodedEvent> concerning) {
      int first = named.isAfter(log) ? concerning.size() : 0;
      if (named.isRow(log)) {
        List<EventId> ids = concerning.stream().map(EncodedEvent::id).toList();
        first = ids.indexOf(named.event()) + 1;
      }
      for (EncodedEvent event : concerning.subList(0, first)) {
        EventId id = event.id();
        if (id != null) {
          known.add(id);
        }
      }
      return concerning.subList(first, concerning.size());
    }

    private List<Event> eventsOf(RpcLog log, EventFactory.Decision decision) throws SQLException {
      if (decision instanceof EventFactory.Decision.Push push) {
        return List.of(push.event());
      }
      if (decision instanceof EventFactory.Decision.Create create) {
        return newChats.read(log, create.chatId());
      }
      if (decision instanceof EventFactory.Decision.Blast blast) {
        return blasts.readForUser(log, blast.blastId(), blast.senderUserId(), userId);
      }
      return List.of();
    }

    /** Something that the user may have missed up to this moment can't be had. */
    private void missUntil(long micros) {
      missingUntilMicros = Math.max(missingUntilMicros, Math.max(micros, afterMicros));
    }

    private List<ReplayCandidates.Row> page(long sinceMicros, ReplayCandidates.Row last)
        throws SQLException {
      try (Connection connection = database.getConnection()) {
        return ReplayCandidates.page(connection, userId, wanted(sinceMicros), last, PAGE);
      }
    }

    private ReplayCandidates.Wanted wanted(long sinceMicros) {
      return anchor == null
          ? ReplayCandidates.Wanted.since(sinceMicros, xmin)
          : new ReplayCandidates.Wanted(sinceMicros, anchor.fullXid(), anchor.sinceMicros());
    }

    private @Nullable Gap gap() {
      return missingUntilMicros == NOTHING_MISSING
          ? null
          : new Gap(instant(afterMicros), instant(missingUntilMicros), GapSource.DATABASE);
    }
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
