package herald.gateway.faults;

import herald.gateway.demo.BlastAudience;
import herald.gateway.demo.Platform;
import herald.gateway.demo.PlatformTransaction;
import herald.gateway.demo.PlatformUser;
import herald.gateway.demo.Written;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that commit at a steady rate, in transactions of random length: messages, reactions, and
 * now and then a blast. What becomes of a transaction whose database goes away is for the database
 * to say.
 */
final class Writers {
  private static final int THREADS = 4;
  private static final long RETRY_MILLIS = 200;
  private static final int LONGEST_TRANSACTION_MILLIS = 60;
  private static final int LONGEST_TEXT = 3_000;
  private static final int ONE_REACTION_IN = 4;
  private static final int ONE_BLAST_IN = 100;

  private final Platform platform;
  private final Map<String, List<PlatformUser>> chats;
  private final List<PlatformUser> artists;
  private final long intervalNanos;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger reactions = new AtomicInteger();
  private final Object blasts = new Object();
  private volatile boolean stopped;

  /**
   * @param chats with their members
   * @param artists who send the blasts, to their followers
   */
  Writers(
      Platform platform,
      Map<String, List<PlatformUser>> chats,
      List<PlatformUser> artists,
      int transactionsPerSecond) {
    this.platform = platform;
    this.chats = chats;
    this.artists = artists;
    intervalNanos = TimeUnit.SECONDS.toNanos(1) * THREADS / transactionsPerSecond;
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(i);
      Thread thread = new Thread(() -> run(random), "writer-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void run(Random random) {
    List<String> ids = List.copyOf(chats.keySet());
    long next = System.nanoTime();
    try {
      while (!stopped) {
        write(ids.get(random.nextInt(ids.size())), random);
        next += intervalNanos;
        TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
        next = Math.max(next, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(String chat, Random random) throws InterruptedException {
    String text = "x".repeat(random.nextInt(LONGEST_TEXT));
    try {
      if (random.nextInt(ONE_BLAST_IN) == 0) {
        PlatformUser artist = artists.get(random.nextInt(artists.size()));
        // No chat's row orders the blasts of an artist: then applied_at says the order only so.
        synchronized (blasts) {
          platform.blast(artist, BlastAudience.of("follower_audience"), text);
        }
      } else {
        chat(chat, text, random);
      }
    } catch (SQLException e) {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    }
  }

  private void chat(String chat, String text, Random random)
      throws SQLException, InterruptedException {
    List<PlatformUser> members = chats.getOrDefault(chat, List.of());
    PlatformUser sender = members.get(random.nextInt(members.size()));
    try (PlatformTransaction transaction = platform.begin()) {
      Written message = transaction.message(sender, chat, text);
      if (random.nextInt(ONE_REACTION_IN) == 0) {
        transaction.react(sender, chat, message.subjectId(), "r" + reactions.incrementAndGet());
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_TRANSACTION_MILLIS));
      }
      transaction.commit();
    }
  }

  /** Ends when what has been begun is committed. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
