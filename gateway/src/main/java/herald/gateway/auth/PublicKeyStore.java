package herald.gateway.auth;

import herald.gateway.logging.IntervalLog;
import herald.gateway.metrics.HandshakeMeters;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.roaringbitmap.RoaringBitmap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the public key of every user who connects in {@code user_pubkeys}, where other clients
 * read it to encrypt for this user. The first key of a user is kept.
 *
 * <p>Keys wait in memory and are stored once a second: one query asks which users have one, and one
 * statement inserts the missing ones. For a user who is known to have one, the database is not
 * asked again. After a failure the keys are stored with the next ones. When too many wait, a key is
 * left out until the user's next connection.
 */
public final class PublicKeyStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PublicKeyStore.class);
  private static final String THREAD = "herald-public-keys";
  static final int MAX_WAITING = 100_000;

  private static final int MAX_BATCH = 1_000;
  private static final long INTERVAL_MILLIS = 1_000;
  private static final long LAST_FLUSH_MILLIS = 2_000;
  private static final String WHO_HAS_ONE =
      "select user_id from user_pubkeys where user_id = any(?)";
  private static final String INSERT =
      "insert into user_pubkeys (user_id, pubkey_base64) select * from unnest(?::int[], ?::text[])"
          + " on conflict do nothing";

  private final DataSource primary;
  private final HandshakeMeters meters;
  private final IntervalLog errors = new IntervalLog(LOG);
  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;

  /** Guarded by this. */
  private final Map<Integer, byte[]> waiting = new LinkedHashMap<>();

  /** Guarded by this: users whose key is in the database. */
  private final RoaringBitmap stored = new RoaringBitmap();

  private volatile boolean closing;

  /**
   * Starts the storing thread.
   *
   * @param longestQueryMillis how long it may take until a query has failed
   */
  public PublicKeyStore(
      DataSource primary, HandshakeMeters meters, long longestQueryMillis, Supervisor supervisor) {
    this.primary = primary;
    this.meters = meters;
    failures = supervisor.failures();
    supervised = supervisor.thread(THREAD, INTERVAL_MILLIS + 2 * longestQueryMillis);
    thread = new DefaultThreadFactory(THREAD, true).newThread(supervised.watch(this::run));
    thread.start();
  }

  /**
   * Takes the key of a user who has just been authenticated. Any thread, never waits.
   *
   * @param publicKey 65 bytes, uncompressed
   */
  synchronized void offer(int userId, byte[] publicKey) {
    if (!stored.contains(userId) && waiting.size() < MAX_WAITING) {
      waiting.putIfAbsent(userId, publicKey);
    }
  }

  /** Keys that wait to be stored. */
  synchronized int waiting() {
    return waiting.size();
  }

  private void run() {
    try {
      while (!closing) {
        TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
        storeWaiting();
      }
    } catch (InterruptedException e) {
      storeWaiting();
    }
  }

  private void storeWaiting() {
    supervised.turn();
    try {
      for (Map<Integer, byte[]> batch = next(); !batch.isEmpty(); batch = next()) {
        supervised.turn();
        store(batch);
        done(batch);
      }
    } catch (SQLException e) {
      meters.publicKeyError();
      errors.warn("public keys can't be stored and will be tried again: " + e.getMessage());
    } catch (Throwable e) {
      failures.isolated(Place.PUBLIC_KEYS, e);
      meters.publicKeyError();
    }
  }

  private synchronized Map<Integer, byte[]> next() {
    Map<Integer, byte[]> batch = new LinkedHashMap<>();
    for (Map.Entry<Integer, byte[]> entry : waiting.entrySet()) {
      batch.put(entry.getKey(), entry.getValue());
      if (batch.size() == MAX_BATCH) {
        break;
      }
    }
    return batch;
  }

  private synchronized void done(Map<Integer, byte[]> batch) {
    batch.keySet().forEach(stored::add);
    waiting.keySet().removeAll(batch.keySet());
  }

  private void store(Map<Integer, byte[]> batch) throws SQLException {
    Map<Integer, byte[]> missing = new LinkedHashMap<>(batch);
    try (Connection connection = primary.getConnection()) {
      try (PreparedStatement ask = connection.prepareStatement(WHO_HAS_ONE)) {
        ask.setArray(1, connection.createArrayOf("int", batch.keySet().toArray()));
        try (ResultSet rows = ask.executeQuery()) {
          while (rows.next()) {
            missing.remove(rows.getInt(1));
          }
        }
      }
      if (missing.isEmpty()) {
        return;
      }
      try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
        Base64.Encoder base64 = Base64.getEncoder();
        insert.setArray(1, connection.createArrayOf("int", missing.keySet().toArray()));
        insert.setArray(
            2,
            connection.createArrayOf(
                "text", missing.values().stream().map(base64::encodeToString).toArray()));
        meters.publicKeysStored(insert.executeUpdate());
      }
    }
  }

  /** Stores the keys that wait, for at most {@value #LAST_FLUSH_MILLIS} ms. */
  @Override
  public void close() {
    closing = true;
    supervised.mayEnd();
    thread.interrupt();
    try {
      thread.join(LAST_FLUSH_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
