package herald.gateway.faults;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What has been committed lately, for those who write about it. Any thread. */
final class Recent {
  private static final int BLASTS = 20;

  private final Map<String, String> messages = new ConcurrentHashMap<>();
  private final List<String> blasts = new CopyOnWriteArrayList<>();
  private final AtomicInteger reactions = new AtomicInteger();
  private final AtomicInteger poison = new AtomicInteger();

  void message(String chatId, String messageId) {
    messages.put(chatId, messageId);
  }

  /** The id of a message in the chat; null if none is known. */
  @Nullable String messageIn(String chatId) {
    return messages.get(chatId);
  }

  void blast(String blastId) {
    blasts.add(blastId);
    if (blasts.size() > BLASTS) {
      blasts.remove(0);
    }
  }

  /** The id of some blast; null if none is known. */
  @Nullable String blast() {
    List<String> known = List.copyOf(blasts);
    return known.isEmpty() ? null : known.get(ThreadLocalRandom.current().nextInt(known.size()));
  }

  /** A reaction that no other is like. */
  String nextReaction() {
    return "r" + reactions.incrementAndGet();
  }

  void poisoned() {
    poison.incrementAndGet();
  }

  /** How many poison rows have been committed. */
  int poison() {
    return poison.get();
  }
}
