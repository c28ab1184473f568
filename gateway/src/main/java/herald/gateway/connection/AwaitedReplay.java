package herald.gateway.connection;

import herald.gateway.fanout.Replay;
import herald.gateway.fanout.ReplayRequest;
import herald.gateway.supervision.Place;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the database has been asked for on behalf of one connection. The answer comes on another
 * thread, and is taken on the connection's event loop, where everything else happens.
 */
final class AwaitedReplay {
  private final CompletableFuture<Replay> answer;
  private boolean isUnwanted;

  private AwaitedReplay(CompletableFuture<Replay> answer) {
    this.answer = answer;
  }

  /**
   * Asks the database.
   *
   * @param onReplay takes the answer, unless it has been cancelled meanwhile
   */
  static AwaitedReplay request(
      ConnectionLifecycle connection, ReplayRequest request, Consumer<Replay> onReplay) {
    CompletableFuture<Replay> answer = connection.loop.replays().replay(request);
    AwaitedReplay awaited = new AwaitedReplay(answer);
    var unused =
        answer.whenComplete(
            (replay, failure) ->
                connection
                    .ctx()
                    .executor()
                    .execute(
                        () ->
                            connection
                                .loop
                                .failures()
                                .run(
                                    Place.REPLAY,
                                    connection,
                                    failed -> awaited.take(replay, failure, onReplay))));
    return awaited;
  }

  private void take(
      @Nullable Replay replay, @Nullable Throwable failure, Consumer<Replay> onReplay) {
    if (isUnwanted) {
      if (replay != null) {
        replay.release();
      }
      return;
    }
    if (replay == null) {
      // Without an answer nothing would ever be written. The connection ends, and the client that
      // comes back has the database asked again.
      throw new CompletionException(failure);
    }
    onReplay.accept(replay);
  }

  /** The connection has ended. */
  void cancel() {
    isUnwanted = true;
    answer.cancel(false);
  }
}
