package herald.gateway.feed;

import com.impossibl.postgres.protocol.FieldFormat;
import com.impossibl.postgres.protocol.FieldFormatRef;
import com.impossibl.postgres.protocol.Notice;
import com.impossibl.postgres.protocol.RequestExecutor;
import com.impossibl.postgres.protocol.ResultField;
import com.impossibl.postgres.protocol.TransactionStatus;
import com.impossibl.postgres.protocol.TypeRef;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A statement of a {@link DirectConnection}: prepared once, binary in both directions. */
final class DirectStatement {
  private static final FieldFormatRef[] BINARY = {FieldFormat.Binary};

  private final RequestExecutor executor;
  private final String name;
  private final String sql;

  /**
   * @param name no other statement of the connection has it
   */
  DirectStatement(RequestExecutor executor, String name, String sql) {
    this.executor = executor;
    this.name = name;
    this.sql = sql;
  }

  /** Has the server prepare it, and waits for that. */
  void prepare(int timeoutMillis) throws SQLException, InterruptedException {
    CompletableFuture<@Nullable Void> prepared = new CompletableFuture<>();
    try {
      executor.prepare(name, sql, new TypeRef[0], new Prepared(prepared));
      executor.sync(new Prepared(prepared));
      prepared.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (IOException | ExecutionException | TimeoutException e) {
      throw new SQLException("can't prepare the reading of rows", e);
    }
  }

  /** Sends it. Never waits. */
  void execute(ByteBuf[] parameters, RequestExecutor.ExecuteHandler handler) throws IOException {
    executor.execute(null, name, BINARY, parameters, BINARY, 0, handler);
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
