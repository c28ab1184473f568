package herald.gateway.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was committed in each chat, in commit order, and for whom. What earlier rounds committed may
 * come again and is not asked for any more. Any thread.
 */
final class Ledger {
  private final Map<String, Set<Integer>> membersByChat = new HashMap<>();
  private final Map<String, List<String>> roundByChat = new HashMap<>();
  private final Map<String, Entry> entries = new HashMap<>();
  private int round;

  private record Entry(String chatId, int sender, int round, long notedAtNanos) {}

  synchronized void chat(String chatId, Set<Integer> members) {
    membersByChat.put(chatId, members);
    roundByChat.put(chatId, new ArrayList<>());
  }

  /** Notes an event; under the chat's lock, so that the notes are in commit order. */
  synchronized void committed(String chatId, String event, int sender) {
    List<String> events = roundByChat.get(chatId);
    if (events == null) {
      throw new IllegalArgumentException("no chat " + chatId);
    }
    events.add(event);
    entries.put(event, new Entry(chatId, sender, round, System.nanoTime()));
  }

  /** Takes back what was noted and then turned out not to have been committed. */
  synchronized void rolledBack(String event) {
    Entry entry = entries.remove(event);
    List<String> events = entry == null ? null : roundByChat.get(entry.chatId);
    if (events != null) {
      events.remove(event);
    }
  }

  /** Begins anew: what was compared is not asked for again. */
  synchronized void nextRound() {
    round++;
    roundByChat.values().forEach(List::clear);
  }

  /** Events of all rounds. */
  synchronized int size() {
    return entries.size();
  }

  private static boolean concerns(Entry entry, Set<Integer> members, int user) {
    return entry.sender != user && members.contains(user);
  }

  /**
   * Compares what one client of a user received in this round with what concerned the user.
   *
   * @param arrivals each event once, in the order of arrival, with its time
   */
  synchronized Findings compare(int user, Map<String, Long> arrivals, int repeated) {
    Set<String> missing = new HashSet<>();
    Map<String, Integer> places = new HashMap<>();
    roundByChat.forEach(
        (chat, events) -> {
          if (membersByChat.getOrDefault(chat, Set.of()).contains(user)) {
            for (int place = 0; place < events.size(); place++) {
              String event = events.get(place);
              places.put(event, place);
              Entry entry = entries.get(event);
              if (entry != null && entry.sender != user && !arrivals.containsKey(event)) {
                missing.add(event);
              }
            }
          }
        });
    int foreign = 0;
    int outOfOrder = 0;
    int delivered = 0;
    long longestNanos = 0;
    Map<String, Integer> lastPlace = new HashMap<>();
    for (Map.Entry<String, Long> arrival : arrivals.entrySet()) {
      Entry entry = entries.get(arrival.getKey());
      if (entry == null
          || !concerns(entry, membersByChat.getOrDefault(entry.chatId, Set.of()), user)) {
        foreign++;
      } else if (entry.round < round) {
        repeated++;
      } else {
        delivered++;
        longestNanos = Math.max(longestNanos, arrival.getValue() - entry.notedAtNanos);
        int place = places.getOrDefault(arrival.getKey(), 0);
        if (place < lastPlace.getOrDefault(entry.chatId, -1)) {
          outOfOrder++;
        } else {
          lastPlace.put(entry.chatId, place);
        }
      }
    }
    return new Findings(missing.size(), repeated, outOfOrder, foreign, delivered, longestNanos);
  }

  /**
   * What one comparison, or many added up, have found.
   *
   * @param repeated events that came again; the client shows them once
   * @param longestNanos the longest time from a commit to the arrival
   */
  record Findings(
      int missing, int repeated, int outOfOrder, int foreign, int delivered, long longestNanos) {
    static final Findings NONE = new Findings(0, 0, 0, 0, 0, 0);

    Findings plus(Findings other) {
      return new Findings(
          missing + other.missing,
          repeated + other.repeated,
          outOfOrder + other.outOfOrder,
          foreign + other.foreign,
          delivered + other.delivered,
          Math.max(longestNanos, other.longestNanos));
    }

    boolean isClean() {
      return missing == 0 && outOfOrder == 0 && foreign == 0;
    }
  }
}
