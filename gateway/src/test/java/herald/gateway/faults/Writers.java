package herald.gateway.faults;

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
 * API servers that commit messages and reactions at a steady rate, in transactions of random
 * length. While the database is away they wait; a commit whose outcome is not known is looked up.
 */
final class Writers {
  private static final int THREADS = 4;
  private static final int LONGEST_TRANSACTION_MILLIS = 60;

  private final Platform platform;
  private final Ledger ledger;
  private final Map<String, List<PlatformUser>> chats;
  private final long intervalNanos;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger reactions = new AtomicInteger();
  private volatile boolean stopped;

  Writers(
      Platform platform,
      Ledger ledger,
      Map<String, List<PlatformUser>> chats,
      int eventsPerSecond) {
    this.platform = platform;
    this.ledger = ledger;
    this.chats = chats;
    intervalNanos = TimeUnit.SECONDS.toNanos(1) * THREADS / eventsPerSecond;
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
        String chat = ids.get(random.nextInt(ids.size()));
        write(chat, random);
        next += intervalNanos;
        TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
        next = Math.max(next, System.nanoTime() - TimeUnit.SECONDS.toNanos(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(String chat, Random random) throws InterruptedException {
    List<PlatformUser> members = chats.getOrDefault(chat, List.of());
    PlatformUser sender = members.get(random.nextInt(members.size()));
    try (PlatformTransaction transaction = platform.begin()) {
      Written message = transaction.message(sender, chat, "x".repeat(random.nextInt(300)));
      String event = message.subjectId();
      if (random.nextInt(4) == 0) {
        String reaction = "r" + reactions.incrementAndGet();
        Written reacted = transaction.react(sender, chat, message.subjectId(), reaction);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_TRANSACTION_MILLIS));
        ledger.committed(chat, event, sender.userId());
        ledger.committed(chat, reacted.subjectId() + "/" + reaction, sender.userId());
      } else {
        ledger.committed(chat, event, sender.userId());
      }
      transaction.commit();
    } catch (SQLException e) {
      throw new IllegalStateException("a writer lost its database, which the suite spares", e);
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
