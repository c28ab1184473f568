package herald.gateway.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What was committed in each chat, in commit order, and for whom. Any thread. */
final class Ledger {
  private final Map<String, List<String>> eventsByChat = new HashMap<>();
  private final Map<String, Set<Integer>> membersByChat = new HashMap<>();
  private final Map<String, String> chatOfEvent = new HashMap<>();
  private final Map<String, Integer> senderOfEvent = new HashMap<>();

  synchronized void chat(String chatId, Set<Integer> members) {
    membersByChat.put(chatId, members);
    eventsByChat.put(chatId, new ArrayList<>());
  }

  /** Notes an event; under the chat's lock, so that the notes are in commit order. */
  synchronized void committed(String chatId, String event, int sender) {
    List<String> events = eventsByChat.get(chatId);
    if (events == null) {
      throw new IllegalArgumentException("no chat " + chatId);
    }
    events.add(event);
    chatOfEvent.put(event, chatId);
    senderOfEvent.put(event, sender);
  }

  synchronized int size() {
    return chatOfEvent.size();
  }

  private boolean concerns(String event, int user) {
    String chat = chatOfEvent.get(event);
    Set<Integer> members = chat == null ? null : membersByChat.get(chat);
    Integer sender = senderOfEvent.get(event);
    return members != null && members.contains(user) && sender != null && sender != user;
  }

  /** All events that concern a user. */
  synchronized Set<String> expected(int user) {
    Set<String> expected = new HashSet<>();
    for (String event : chatOfEvent.keySet()) {
      if (concerns(event, user)) {
        expected.add(event);
      }
    }
    return expected;
  }

  /**
   * Compares what one client of a user received with what concerned the user.
   *
   * @param received in the order of arrival, repetitions included
   */
  synchronized Findings compare(int user, List<String> received) {
    Set<String> once = new LinkedHashSet<>(received);
    Set<String> missing = expected(user);
    missing.removeAll(once);
    int foreign = 0;
    Map<String, Integer> lastPlace = new HashMap<>();
    Map<String, Integer> places = new HashMap<>();
    eventsByChat.forEach(
        (chat, events) -> {
          for (int place = 0; place < events.size(); place++) {
            places.put(events.get(place), place);
          }
        });
    int outOfOrder = 0;
    for (String event : once) {
      String chat = chatOfEvent.get(event);
      Integer place = places.get(event);
      if (chat == null || place == null || !concerns(event, user)) {
        foreign++;
      } else if (place < lastPlace.getOrDefault(chat, -1)) {
        outOfOrder++;
      } else {
        lastPlace.put(chat, place);
      }
    }
    return new Findings(
        missing.size(), received.size() - once.size(), outOfOrder, foreign, once.size());
  }

  /**
   * What one comparison, or many added up, have found.
   *
   * @param repeated events that came again; the client shows them once
   */
  record Findings(int missing, int repeated, int outOfOrder, int foreign, int delivered) {
    Findings plus(Findings other) {
      return new Findings(
          missing + other.missing,
          repeated + other.repeated,
          outOfOrder + other.outOfOrder,
          foreign + other.foreign,
          delivered + other.delivered);
    }

    boolean isClean() {
      return missing == 0 && outOfOrder == 0 && foreign == 0;
    }
  }
}
