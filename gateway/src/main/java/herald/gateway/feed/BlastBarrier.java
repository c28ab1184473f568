package herald.gateway.feed;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows that must come behind a blast which is not published yet, in their order. A blast is in all
 * chats of its sender; what follows it there waits, and what follows that in the same chat, and
 * everything else passes. Fetch thread only.
 *
 * <p>Whether a row must wait is looked up by its chat and its people, whatever the number of rows
 * that wait: after a catch-up these may be many thousands.
 */
final class BlastBarrier {
  private final ArrayDeque<Waiting> rows = new ArrayDeque<>();

  /**
   * A row that waits.
   *
   * @param number its number among the rows that were read
   */
  record Waiting(RpcLog row, long number) {}

  /** The chats of the rows. */
  private final Set<String> chats = new HashSet<>();

  /** The people whom the rows concern. */
  private final Set<Integer> people = new HashSet<>();

  /** The same of those that are in no chat: blasts, which are in all chats of their sender. */
  private final Set<Integer> peopleOfBlasts = new HashSet<>();

  void add(RpcLog row, long number) {
    rows.add(new Waiting(row, number));
    Set<Integer> concerned = people(row);
    people.addAll(concerned);
    if (row.chatId().isEmpty()) {
      peopleOfBlasts.addAll(concerned);
    } else {
      chats.add(row.chatId());
    }
  }

  /** The number of the first row that waits; {@code otherwise} if none does. */
  long first(long otherwise) {
    Waiting first = rows.peek();
    return first == null ? otherwise : first.number();
  }

  /** All that wait; some may have to wait again. */
  List<Waiting> takeAll() {
    List<Waiting> all = List.copyOf(rows);
    rows.clear();
    chats.clear();
    people.clear();
    peopleOfBlasts.clear();
    return all;
  }

  /**
   * Whether a row must wait.
   *
   * @param blastSenders the senders of the blasts that are not published yet
   */
  boolean mustWait(RpcLog row, Set<Integer> blastSenders) {
    if (blastSenders.isEmpty()) {
      return false;
    }
    Set<Integer> concerned = people(row);
    if (!Collections.disjoint(concerned, blastSenders)) {
      return true;
    }
    return row.chatId().isEmpty()
        ? !Collections.disjoint(concerned, people)
        : chats.contains(row.chatId()) || !Collections.disjoint(concerned, peopleOfBlasts);
  }

  private static Set<Integer> people(RpcLog row) {
    Set<Integer> concerned = new HashSet<>(row.members());
    concerned.addAll(row.walletUsers());
    return concerned;
  }
}
