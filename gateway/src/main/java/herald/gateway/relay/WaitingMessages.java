package herald.gateway.relay;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The events and marks of a queue in their order. Not thread-safe. */
final class WaitingMessages {
  /** Those that are gone are let go when they are the first. */
  private final ArrayDeque<QueuedMessage> messages = new ArrayDeque<>();

  private final Map<Long, QueuedMessage> events = new HashMap<>();
  private long bytes;

  /** How many messages have been added, without those that were taken back. */
  private long added;

  void add(QueuedMessage message) {
    if (message.event() != null) {
      events.put(message.key(), message);
    }
    messages.add(message);
    added++;
    bytes += message.bytes();
  }

  boolean containsEvent(long key) {
    return events.containsKey(key);
  }

  /** Takes an event out; whether it was here. */
  boolean removeEvent(long key) {
    QueuedMessage event = events.get(key);
    if (event != null) {
      leave(event);
      dropGone();
    }
    return event != null;
  }

  /** Takes out a message, if it is still here. */
  void remove(QueuedMessage message) {
    if (!message.isGone()) {
      leave(message);
      dropGone();
    }
  }

  /** Takes out what is said to be taken out. */
  void removeIf(Predicate<QueuedMessage> isToGo) {
    for (QueuedMessage message : messages) {
      if (!message.isGone() && isToGo.test(message)) {
        leave(message);
      }
    }
    dropGone();
  }

  /** Takes out the last message if it is a mark; null if it is not. */
  @Nullable QueuedMessage removeLastMark() {
    QueuedMessage last = messages.peekLast();
    if (last == null || last.mark() == null || last.isGone()) {
      return null;
    }
    leave(last);
    messages.removeLast();
    added--;
    return last;
  }

  private void leave(QueuedMessage message) {
    message.go();
    bytes -= message.bytes();
    if (message.event() != null) {
      events.remove(message.key());
    }
  }

  private void dropGone() {
    QueuedMessage first = messages.peek();
    while (first != null && first.isGone()) {
      messages.remove();
      first = messages.peek();
    }
  }

  /** The first one; null if there is none. */
  @Nullable QueuedMessage first() {
    return messages.peek();
  }

  /** All in their order, those that are gone among them. */
  Iterable<QueuedMessage> all() {
    return messages;
  }

  /** How many messages have been added. */
  long added() {
    return added;
  }

  /** How many of the first that have been added are gone. */
  long gone() {
    return added - messages.size();
  }

  /** How many events there are. */
  int events() {
    return events.size();
  }

  /** About what all of them take in memory. */
  long bytes() {
    return bytes;
  }
}
