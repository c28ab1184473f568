package herald.gateway.feed;

import com.impossibl.postgres.protocol.Notice;
import com.impossibl.postgres.protocol.RequestExecutor;
import com.impossibl.postgres.protocol.ResultField;
import com.impossibl.postgres.protocol.TransactionStatus;
import com.impossibl.postgres.protocol.TypeRef;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Prepares the statements of a {@link DirectConnection}. */
final class DirectStatement {
  private DirectStatement() {}

  /**
   * Has the server prepare one, and waits for that.
   *
   * @param name no other statement of the connection has it
   */
  static void prepare(RequestExecutor executor, String name, String sql, int timeoutMillis)
      throws SQLException, InterruptedException {
    CompletableFuture<@Nullable Void> prepared = new CompletableFuture<>();
    try {
      executor.prepare(name, sql, new TypeRef[0], new Prepared(prepared));
      executor.sync(new Prepared(prepared));
      prepared.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new SQLException("can't prepare the reading of rows", e);
    }
  }

  /** The statement is prepared when the connection is ready behind it. The connection's thread. */
  private static final class Prepared
      implements RequestExecutor.PrepareHandler, RequestExecutor.SynchronizedHandler {
    private final CompletableFuture<@Nullable Void> prepared;

    Prepared(CompletableFuture<@Nullable Void> prepared) {
      this.prepared = prepared;
    }

    @Override
    public void handleComplete(TypeRef[] parameters, ResultField[] fields, List<Notice> notices) {}

    @Override
    public void handleReady(TransactionStatus status) {
      prepared.complete(null);
    }

    @Override
    public void handleError(Throwable error, List<Notice> notices) {
      prepared.completeExceptionally(error);
    }
  }
}
