package herald.gateway.feed;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows that must come behind a blast which is not published yet, in their order. A blast is in all
 * chats of its sender; what follows it there waits, and what follows that in the same chat, and
 * everything else passes. Fetch thread only.
 */
final class BlastBarrier {
  private final ArrayDeque<RpcLog> rows = new ArrayDeque<>();

  void add(RpcLog row) {
    rows.add(row);
  }

  /** All that wait; some may have to wait again. */
  List<RpcLog> takeAll() {
    List<RpcLog> all = List.copyOf(rows);
    rows.clear();
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
    Set<Integer> people = people(row);
    if (people.stream().anyMatch(blastSenders::contains)) {
      return true;
    }
    return rows.stream().anyMatch(held -> isBehind(row, people, held));
  }

  private static boolean isBehind(RpcLog row, Set<Integer> people, RpcLog held) {
    if (!row.chatId().isEmpty() && !held.chatId().isEmpty()) {
      return row.chatId().equals(held.chatId());
    }
    // One of them is a blast, which is in all chats of its sender.
    return people(held).stream().anyMatch(people::contains);
  }

  private static Set<Integer> people(RpcLog row) {
    Set<Integer> people = new HashSet<>(row.members());
    people.addAll(row.walletUsers());
    return people;
  }
}
