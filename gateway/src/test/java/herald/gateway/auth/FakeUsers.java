package herald.gateway.auth;

import herald.gateway.testing.FakeDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The users that a directory asks for, and the public keys that are stored for them. */
final class FakeUsers {
  private final Map<String, Integer> byWallet = new ConcurrentHashMap<>();
  private final List<List<Object>> queries = new CopyOnWriteArrayList<>();
  private final List<Object> keyOwners = new CopyOnWriteArrayList<>();
  private volatile boolean away;
  private volatile @Nullable CountDownLatch gate;

  FakeDatabase database() {
    return new FakeDatabase(this::rows);
  }

  private List<@Nullable Object[]> rows(String sql, List<Object> parameters) throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    if (sql.contains("user_pubkeys")) {
      if (sql.startsWith("insert")) {
        keyOwners.addAll((List<?>) parameters.get(0));
      }
      return rows;
    }
    List<?> wallets = (List<?>) parameters.get(0);
    queries.add(List.copyOf(wallets));
    CountDownLatch closed = gate;
    if (closed != null) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (away) {
      throw new SQLException("the database is away");
    }
    for (Object wallet : wallets) {
      Integer user = byWallet.get((String) wallet);
      if (user != null) {
        rows.add(new Object[] {wallet, user});
      }
    }
    return rows;
  }

  void add(String wallet, int user) {
    byWallet.put(wallet, user);
  }

  void remove(String wallet) {
    byWallet.remove(wallet);
  }

  /** Whether the database answers with failures. */
  void setAway(boolean value) {
    away = value;
  }

  /** Holds queries until the latch is counted down. */
  void hold(CountDownLatch until) {
    gate = until;
  }

  /** The wallets of each query. */
  List<List<Object>> queries() {
    return List.copyOf(queries);
  }

  /** The users whose public keys were stored. */
  List<Object> keyOwners() {
    return List.copyOf(keyOwners);
  }
}
