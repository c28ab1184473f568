package herald.gateway.connection;

import herald.gateway.fanout.Cursor;
import herald.gateway.fanout.Dispatcher;
import herald.gateway.fanout.UserPlaces;
import herald.gateway.ops.UserConnection;
import herald.gateway.ops.UserStatus;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the open connections of one user. The dispatcher names them, under its lock and for this
 * user alone; then each event loop describes its own. A loop that does not answer in time is left
 * out.
 */
final class UserConnections {
  private static final int MOST_SHOWN = 100;
  private static final long TIMEOUT_MILLIS = 2_000;

  private final Dispatcher dispatcher;
  private final LongSupplier nanoClock;
  private final IsolatedFailures failures;

  UserConnections(Dispatcher dispatcher, LongSupplier nanoClock, IsolatedFailures failures) {
    this.dispatcher = dispatcher;
    this.nanoClock = nanoClock;
    this.failures = failures;
  }

  /** What there is of a user. Any thread, never waits. */
  CompletionStage<UserStatus> find(int userId) {
    // The look-up waits for the dispatch lock, so it has a thread of its own for a moment.
    return CompletableFuture.supplyAsync(() -> dispatcher.lookUp(userId))
        .orTimeout(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)
        .thenCompose(this::describe);
  }

  private CompletableFuture<UserStatus> describe(UserPlaces places) {
    CompletableFuture<List<UserConnection>> all =
        CompletableFuture.completedFuture(new ArrayList<>());
    Map<Executor, List<Cursor>> byLoop =
        places.cursors().stream()
            .limit(MOST_SHOWN)
            .collect(Collectors.groupingBy(Cursor::eventLoop));
    for (Map.Entry<Executor, List<Cursor>> loop : byLoop.entrySet()) {
      all = all.thenCombine(ask(loop.getKey(), loop.getValue()), UserConnections::join);
    }
    return all.thenApply(
        found ->
            new UserStatus(
                found,
                places.cursors().size() - found.size(),
                places.isRemembered(),
                places.firstPosition(),
                places.nextPosition()));
  }

  private CompletableFuture<List<UserConnection>> ask(Executor loop, List<Cursor> cursors) {
    try {
      return CompletableFuture.supplyAsync(() -> describe(cursors), loop)
          .exceptionally(this::none)
          .completeOnTimeout(List.of(), TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (Throwable e) {
      return CompletableFuture.completedFuture(none(e));
    }
  }

  private List<UserConnection> none(Throwable failure) {
    failures.isolated(Place.WALK, failure);
    return List.of();
  }

  private static List<UserConnection> join(List<UserConnection> one, List<UserConnection> other) {
    List<UserConnection> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }

  /** Event loop of these cursors. */
  private List<UserConnection> describe(List<Cursor> cursors) {
    long nowNanos = nanoClock.getAsLong();
    return cursors.stream()
        .map(cursor -> describe(cursor, nowNanos))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Null if the connection has ended meanwhile. */
  private static @Nullable UserConnection describe(Cursor cursor, long nowNanos) {
    if (!(cursor.owner() instanceof EventWriter writer)
        || !(writer.connection() instanceof ClientConnection connection)
        || connection.state() == ConnectionState.CLOSED) {
      return null;
    }
    SocketWriter socket = writer.socket();
    return new UserConnection(
        connection.address().shortened(),
        cursor.device().shortened(),
        TimeUnit.NANOSECONDS.toMillis(connection.ageNanos(nowNanos)),
        AccessLog.label(connection.state()),
        AccessLog.label(cursor.replayOrigin()),
        cursor.position(),
        cursor.acknowledged(),
        cursor.behind(),
        cursor.unconfirmed(),
        TimeUnit.NANOSECONDS.toMillis(socket.stalledNanos(nowNanos)),
        cursor.sent(),
        cursor.sentBytes());
  }
}
