package herald.gateway.feed;

import herald.gateway.config.FeedSettings;
import herald.gateway.config.ReplaySettings;
import herald.gateway.events.Event;
import herald.gateway.events.Gap;
import herald.gateway.events.Replay;
import herald.gateway.events.ReplaySource;
import herald.gateway.metrics.FeedMeters;
import herald.gateway.ops.IntervalLog;
import herald.protocol.EncodedEvent;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the database what concerned one user since a moment: for a client that says where it
 * was, on an instance that does not remember it.
 *
 * <p>Candidates are found in the table by their text, without PostgreSQL's JSON operators, which
 * one bad row would make fail for all; whom each concerns is then decided as for any other rpc log,
 * by the membership of now. Bounded in events, in time and in concurrency; what is beyond is said
 * as a gap.
 */
public final class UserReplay implements ReplaySource, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UserReplay.class);

  /** Newest first, so that a bound cuts off the oldest. */
  private static final String CANDIDATES =
      """
      select l.sig, (extract(epoch from l.applied_at) * 1000000)::bigint from rpc_log l
      where l.applied_at >= timestamp 'epoch' + ? * interval '1 microsecond'
        and (l.rpc::text ~ '"method"\\s*:\\s*"chat\\.blast"'
             or exists (
               select from regexp_matches(l.rpc::text, '"chat_id"\\s*:\\s*"([^"\\\\]*)"', 'g') m
               join chat_member c on c.chat_id = m[1]
               where c.user_id = ? and not c.is_hidden))
      order by l.applied_at desc, l.sig desc limit ?
      """;

  private final DataSource database;
  private final RpcLogReader reader;
  private final BlastReader blasts;
  private final EventFactory factory;
  private final ReplaySettings settings;
  private final long overlapMicros;
  private final InstantSource clock;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final ThreadPoolExecutor threads;

  /** Starts the threads that read. */
  public UserReplay(
      DataSource database,
      FeedSettings feed,
      ReplaySettings settings,
      FeedMeters meters,
      InstantSource clock) {
    this.database = database;
    this.settings = settings;
    this.clock = clock;
    reader = new RpcLogReader(database);
    blasts = new BlastReader(database);
    factory = new EventFactory(feed);
    overlapMicros = TimeUnit.MILLISECONDS.toMicros(feed.overlapMillis());
    threads =
        new ThreadPoolExecutor(
            settings.threads(),
            settings.threads(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.maxWaiting()),
            new DefaultThreadFactory("herald-replay", true));
    meters.replaysWaiting(() -> threads.getQueue().size());
  }

  @Override
  public CompletionStage<Replay> replay(int userId, long afterMicros) {
    CompletableFuture<Replay> result = new CompletableFuture<>();
    try {
      threads.execute(() -> result.complete(read(userId, afterMicros)));
    } catch (RejectedExecutionException e) {
      errors.warn("too many replays wait, one more client gets a gap");
      result.complete(nothing(afterMicros));
    }
    return result;
  }

  private Replay read(int userId, long afterMicros) {
    try {
      return readBounded(userId, afterMicros);
    } catch (SQLException | RuntimeException e) {
      errors.warn("a replay can't be read, the client gets a gap: " + e.getMessage());
      return nothing(afterMicros);
    }
  }

  private Replay nothing(long afterMicros) {
    return new Replay(List.of(), new Gap(instant(afterMicros), clock.instant()));
  }

  private Replay readBounded(int userId, long afterMicros) throws SQLException {
    long oldestMicros = micros(clock.instant().minusMillis(settings.maxAgeMillis()));
    long sinceMicros = Math.max(afterMicros - overlapMicros, oldestMicros);
    List<CatchUp.Row> candidates = candidates(userId, sinceMicros);
    Gap gap = null;
    if (candidates.size() > settings.maxEvents()) {
      candidates.remove(candidates.size() - 1);
      long heldMicros = candidates.get(candidates.size() - 1).appliedAtMicros();
      if (heldMicros > afterMicros) {
        gap = new Gap(instant(afterMicros), instant(heldMicros));
      }
    } else if (afterMicros < oldestMicros) {
      gap = new Gap(instant(afterMicros), instant(oldestMicros));
    }
    Collections.reverse(candidates);
    return new Replay(events(userId, candidates), gap);
  }

  private List<CatchUp.Row> candidates(int userId, long sinceMicros) throws SQLException {
    List<CatchUp.Row> rows = new ArrayList<>();
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(CANDIDATES)) {
      statement.setLong(1, sinceMicros);
      statement.setInt(2, userId);
      statement.setInt(3, settings.maxEvents() + 1);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(new CatchUp.Row(row.getString(1), row.getLong(2)));
        }
      }
    }
    return rows;
  }

  private List<EncodedEvent> events(int userId, List<CatchUp.Row> candidates) throws SQLException {
    List<EncodedEvent> events = new ArrayList<>();
    if (candidates.isEmpty()) {
      return events;
    }
    Map<String, Long> signatures = new LinkedHashMap<>();
    candidates.forEach(row -> signatures.put(row.sig(), System.nanoTime()));
    for (RpcLog log : reader.read(signatures)) {
      for (Event event : eventsOf(log, userId)) {
        EncodedEvent encoded = event.encoded();
        if (encoded != null && event.audience().contains(userId)) {
          events.add(encoded);
        }
      }
    }
    return events;
  }

  private List<Event> eventsOf(RpcLog log, int userId) throws SQLException {
    EventFactory.Decision decision = factory.decide(log);
    if (decision instanceof EventFactory.Decision.Push push) {
      return List.of(push.event());
    }
    if (decision instanceof EventFactory.Decision.Create create) {
      return blasts.readInNewChat(log, create.chatId());
    }
    if (decision instanceof EventFactory.Decision.Blast blast) {
      return blasts.readForUser(log, blast.blastId(), blast.senderUserId(), userId);
    }
    return List.of();
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
