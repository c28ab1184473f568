package herald.gateway.feed;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Makes a call of pgjdbc-ng under a deadline, on a thread of its own: it may hang for a minute
 * against a mute server whatever time-out is set. A thread that hangs is left behind.
 */
final class DriverCall {
  private DriverCall() {}

  /** A call of the driver. */
  @FunctionalInterface
  interface Call<T> {
    T run() throws SQLException;
  }

  /**
   * Makes the call, and waits for its end.
   *
   * @param tooLate gets the value that nobody waits for any more, so that it can be given up
   */
  static <T> T within(int timeoutMillis, String stateWhenTooLate, Call<T> call, Consumer<T> tooLate)
      throws SQLException, InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                T value = call.run();
                if (!result.complete(value)) {
                  tooLate.accept(value);
                }
              } catch (SQLException | RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            },
            "herald-listener-call");
    thread.setDaemon(true);
    thread.start();
    try {
      return result.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      giveUp(result, e, tooLate);
      throw new SQLException("no answer within " + timeoutMillis + " ms", stateWhenTooLate, e);
    } catch (InterruptedException e) {
      giveUp(result, e, tooLate);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SQLException sql
          ? sql
          : new SQLException(String.valueOf(e.getCause()), e.getCause());
    }
  }

  /** The value may have come between the end of the wait and now. */
  private static <T> void giveUp(
      CompletableFuture<T> result, Exception reason, Consumer<T> tooLate) {
    if (!result.completeExceptionally(reason) && !result.isCompletedExceptionally()) {
      tooLate.accept(result.join());
    }
  }
}
