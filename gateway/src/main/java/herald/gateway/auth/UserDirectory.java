package herald.gateway.auth;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import herald.gateway.admission.WalletUser;
import herald.gateway.config.RevalidationSettings;
import herald.gateway.logging.IntervalLog;
import herald.gateway.supervision.IsolatedFailures;
import herald.gateway.supervision.Place;
import herald.gateway.supervision.SupervisedThread;
import herald.gateway.supervision.Supervisor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wallet to user: the lowest active user id of a wallet, unless that user is banned.
 *
 * <p>An answer is given again for at most half the interval of the revalidation, which checks whom
 * it has let in within the other half. An older one, of up to an hour, is given only while the
 * database can't be asked, so that known users can still connect. That a wallet belongs to nobody
 * is kept for seconds only. All wallets that wait are looked up in one query, by one thread. Each
 * look-up is completed, whatever happens: the cache makes all who ask for a wallet wait for the
 * same look-up.
 */
public final class UserDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UserDirectory.class);
  private static final String THREAD = "herald-directory";
  private static final int MAX_CACHED = 1_000_000;
  static final int MAX_WAITING = 20_000;
  static final int MAX_BATCH = 1_000;
  private static final Duration KEEP_KNOWN = Duration.ofHours(1);
  private static final Duration KEEP_UNKNOWN = Duration.ofSeconds(5);

  /** How long a known user waits for the database until the older answer is given. */
  private static final long PATIENCE_MILLIS = 2_000;

  private final DataSource database;
  private final BlockingQueue<Lookup> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final IntervalLog errors = new IntervalLog(LOG);
  private final AsyncLoadingCache<String, OptionalInt> fresh;

  /** The last answer for each wallet, as long as it was a user. */
  private final Cache<String, Integer> known;

  private final IsolatedFailures failures;
  private final SupervisedThread supervised;
  private final Thread thread;
  private volatile boolean ended;

  private record Lookup(String wallet, CompletableFuture<OptionalInt> answer) {}

  /** The database could not be asked, or too many wait to ask it. */
  // A cancellation, since the cache logs every other failure, each with its stack trace.
  static final class UnavailableException extends CancellationException {
    private static final long serialVersionUID = 1;

    UnavailableException(String message) {
      super(message);
    }

    /** None: it is thrown for each wallet that waits. */
    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  /**
   * Starts the look-up thread.
   *
   * @param settings say how long an answer is given again
   * @param longestQueryMillis how long it may take until a query has failed
   */
  public UserDirectory(
      DataSource database,
      RevalidationSettings settings,
      long longestQueryMillis,
      Supervisor supervisor) {
    this(database, settings, longestQueryMillis, supervisor, Ticker.systemTicker());
  }

  /**
   * @param ticker by which answers grow old
   */
  UserDirectory(
      DataSource database,
      RevalidationSettings settings,
      long longestQueryMillis,
      Supervisor supervisor,
      Ticker ticker) {
    this.database = database;
    failures = supervisor.failures();
    supervised = supervisor.thread(THREAD, longestQueryMillis);
    Duration life = settings.answerLife();
    Duration unknownLife = life.compareTo(KEEP_UNKNOWN) < 0 ? life : KEEP_UNKNOWN;
    known =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .ticker(ticker)
            .expireAfterWrite(KEEP_KNOWN)
            .build();
    fresh =
        Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .ticker(ticker)
            .expireAfter(
                Expiry.<String, OptionalInt>creating(
                    (wallet, user) -> user.isPresent() ? life : unknownLife))
            .buildAsync((wallet, executor) -> enqueue(wallet));
    thread = new DefaultThreadFactory(THREAD, true).newThread(supervised.watch(this::run));
    thread.start();
  }

  /**
   * The user of a wallet in lower case; empty if it belongs to nobody. Any thread, never waits. The
   * future fails with {@link UnavailableException} when the database can't be asked and there is no
   * older answer.
   */
  CompletableFuture<OptionalInt> userOf(String wallet) {
    CompletableFuture<OptionalInt> answer = fresh.get(wallet);
    Integer user = known.getIfPresent(wallet);
    if (user == null || (answer.isDone() && !answer.isCompletedExceptionally())) {
      return answer;
    }
    OptionalInt older = OptionalInt.of(user);
    return answer
        .copy()
        .completeOnTimeout(older, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionally(failure -> older);
  }

  /** Forgets these wallets, so that they are looked up at the next connection. */
  void forget(Set<WalletUser> gone) {
    for (WalletUser user : gone) {
      fresh.synchronous().invalidate(user.wallet());
      known.invalidate(user.wallet());
    }
  }

  private CompletableFuture<OptionalInt> enqueue(String wallet) {
    CompletableFuture<OptionalInt> answer = new CompletableFuture<>();
    if (!waiting.offer(new Lookup(wallet, answer))) {
      answer.completeExceptionally(new UnavailableException("too many look-ups wait"));
    } else if (ended) {
      // Read after offering: the thread empties the queue once more after it has set this.
      refuseWaiting();
    }
    return answer;
  }

  private void run() {
    List<Lookup> batch = new ArrayList<>();
    try {
      while (true) {
        // A look-up that could not even be failed stays in the batch and is made again.
        batch.removeIf(lookup -> lookup.answer.isDone());
        if (batch.isEmpty()) {
          supervised.idle();
          batch.add(waiting.take());
        }
        supervised.turn();
        waiting.drainTo(batch, MAX_BATCH - batch.size());
        failures.run(Place.DIRECTORY, () -> answer(batch));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended = true;
      refuse(batch);
      refuseWaiting();
    }
  }

  private void refuseWaiting() {
    List<Lookup> left = new ArrayList<>();
    waiting.drainTo(left);
    refuse(left);
  }

  private static void refuse(List<Lookup> lookups) {
    UnavailableException why = new UnavailableException("the database does not answer");
    lookups.forEach(lookup -> lookup.answer.completeExceptionally(why));
  }

  private void answer(List<Lookup> batch) {
    try {
      Map<String, Integer> users =
          WalletQuery.usersOf(batch.stream().map(Lookup::wallet).toList(), database);
      for (Lookup lookup : batch) {
        Integer user = users.get(lookup.wallet);
        if (user == null) {
          known.invalidate(lookup.wallet);
        } else {
          known.put(lookup.wallet, user);
        }
        lookup.answer.complete(user == null ? OptionalInt.empty() : OptionalInt.of(user));
      }
    } catch (SQLException e) {
      errors.warn("users can't be looked up: " + e.getMessage());
      refuse(batch);
    } catch (Throwable e) {
      try {
        failures.isolated(Place.DIRECTORY, e);
      } finally {
        refuse(batch);
      }
    }
  }

  @Override
  public void close() {
    supervised.mayEnd();
    thread.interrupt();
  }
}
