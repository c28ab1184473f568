package herald.benchmarks.servers;

import com.impossibl.postgres.api.jdbc.PGConnection;
import com.impossibl.postgres.api.jdbc.PGNotificationListener;
import herald.gateway.config.DatabaseUrl;
import herald.gateway.config.FeedSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The limit of the way from a commit to one client with these two drivers: notified, the rows that
 * wait fetched by their keys, at most as often as Herald does, the text of each written to one
 * connection. No audience, no parsing, no log.
 */
public final class BareRelay {
  private static final String FETCH = "select rpc::text from rpc_log where sig = any(?)";
  private static final long FETCH_INTERVAL_NANOS =
      TimeUnit.MILLISECONDS.toNanos(FeedSettings.defaults().fetchIntervalMillis());

  private final BareLoop loop;
  private final BlockingQueue<String> payloads = new LinkedBlockingQueue<>();
  private final PGConnection listening;
  private final Connection fetching;
  private long lastFetchNanos = System.nanoTime() - FETCH_INTERVAL_NANOS;

  /** Connects and listens. */
  public BareRelay(DatabaseUrl database, BareLoop loop) throws SQLException {
    this.loop = loop;
    fetching = DriverManager.getConnection(database.jdbcUrl(), database.jdbcProperties());
    listening =
        DriverManager.getConnection(database.listenerUrl(), database.listenerProperties())
            .unwrap(PGConnection.class);
    listening.addNotificationListener(
        new PGNotificationListener() {
          @Override
          public void notification(int processId, String channelName, String payload) {
            payloads.add(payload);
          }
        });
    try (Statement statement = listening.createStatement()) {
      statement.execute("listen rpc_log_inserted");
    }
  }

  /** Relays until the thread is interrupted. */
  public void run() throws SQLException, InterruptedException {
    try (PreparedStatement statement = fetching.prepareStatement(FETCH)) {
      List<String> signatures = new ArrayList<>();
      while (true) {
        awaitNextFetch();
        signatures.add(payloads.take());
        payloads.drainTo(signatures);
        lastFetchNanos = System.nanoTime();
        signatures.replaceAll(BareRelay::signature);
        loop.sendInTurn(fetch(statement, signatures));
        signatures.clear();
      }
    } finally {
      listening.close();
      fetching.close();
    }
  }

  private void awaitNextFetch() {
    long leftNanos = lastFetchNanos + FETCH_INTERVAL_NANOS - System.nanoTime();
    if (leftNanos > 0) {
      LockSupport.parkNanos(leftNanos);
    }
  }

  private List<String> fetch(PreparedStatement statement, List<String> signatures)
      throws SQLException {
    statement.setArray(1, fetching.createArrayOf("text", signatures.toArray()));
    List<String> texts = new ArrayList<>(signatures.size());
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        texts.add(row.getString(1));
      }
    }
    return texts;
  }

  /** The signature is all that a payload holds, and is the last that is quoted. */
  private static String signature(String payload) {
    int end = payload.lastIndexOf('"');
    return payload.substring(payload.lastIndexOf('"', end - 1) + 1, end);
  }
}
