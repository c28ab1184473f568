package herald.gateway.faults;

import herald.gateway.demo.Platform;
import herald.gateway.demo.PlatformTransaction;
import herald.gateway.demo.PlatformUser;
import herald.gateway.demo.Written;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
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
  private static final long RETRY_MILLIS = 200;
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
    Map<String, String> sigOfEvent = new HashMap<>();
    try (PlatformTransaction transaction = platform.begin()) {
      Written message = transaction.message(sender, chat, "x".repeat(random.nextInt(300)));
      String event = message.subjectId();
      String reaction = null;
      if (random.nextInt(4) == 0) {
        reaction = event + "/r" + reactions.incrementAndGet();
        Written reacted =
            transaction.react(sender, chat, event, reaction.substring(event.length() + 1));
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_TRANSACTION_MILLIS));
        sigOfEvent.put(reaction, reacted.sig());
      }
      sigOfEvent.put(event, message.sig());
      // Noted under the chat's lock, so in the order of commits.
      ledger.committed(chat, event, sender.userId());
      if (reaction != null) {
        ledger.committed(chat, reaction, sender.userId());
      }
      transaction.commit();
    } catch (SQLException e) {
      settle(sigOfEvent);
    }
  }

  /** The database went away: what was on its way may have been committed or not. */
  private void settle(Map<String, String> sigOfEvent) throws InterruptedException {
    for (Map.Entry<String, String> entry : sigOfEvent.entrySet()) {
      while (true) {
        try {
          if (!isCommitted(entry.getValue())) {
            ledger.rolledBack(entry.getKey());
          }
          break;
        } catch (SQLException e) {
          TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
      }
    }
    TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
  }

  private boolean isCommitted(String sig) throws SQLException {
    try (PlatformTransaction transaction = platform.begin();
        PreparedStatement query =
            transaction.connection().prepareStatement("select from rpc_log where sig = ?")) {
      query.setString(1, sig);
      try (ResultSet row = query.executeQuery()) {
        return row.next();
      }
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
