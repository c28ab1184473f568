package herald.gateway.stored;

import herald.demo.platform.PlatformUser;
import herald.gateway.stored.GoJson.Arr;
import herald.gateway.stored.GoJson.Member;
import herald.gateway.stored.GoJson.Null;
import herald.gateway.stored.GoJson.Obj;
import herald.gateway.testing.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What has come to one connection since it was last looked at. Not thread safe. */
final class Received {
  private final PlatformUser user;
  private final TestClient client;
  private int seen;

  Received(PlatformUser user, TestClient client) {
    this.user = user;
    this.client = client;
  }

  PlatformUser user() {
    return user;
  }

  TestClient client() {
    return client;
  }

  /** Whether a text has come since the last look. */
  boolean has(String text) {
    List<String> all = client.received();
    return all.subList(seen, all.size()).stream().anyMatch(event -> event.contains(text));
  }

  /** The events since the last look, as trees of maps. */
  List<Map<String, @Nullable Object>> peek() {
    List<String> all = client.received();
    List<Map<String, @Nullable Object>> events = new ArrayList<>();
    for (String event : all.subList(seen, all.size())) {
      events.add(tree(event));
    }
    return events;
  }

  /** The same, and the next look begins behind them. */
  List<Map<String, @Nullable Object>> take() {
    List<Map<String, @Nullable Object>> events = peek();
    seen += events.size();
    return events;
  }

  /**
   * An event without the members in which the contract leaves freedom: the metadata's id, and what
   * is null where it may be absent.
   */
  private static Map<String, @Nullable Object> tree(String event) {
    try {
      if (GoJson.read(event) instanceof Obj object) {
        Map<String, @Nullable Object> tree = tree(object);
        if (tree.get("metadata") instanceof Map<?, ?> metadata) {
          metadata.remove("id");
        }
        return tree;
      }
    } catch (GoJson.MalformedException e) {
      // Told below.
    }
    throw new AssertionError("an event is no JSON object: " + event);
  }

  private static Map<String, @Nullable Object> tree(Obj object) {
    Map<String, @Nullable Object> tree = new TreeMap<>();
    for (Member member : object.members()) {
      Object value = value(member.value());
      if (tree.containsKey(member.name())) {
        throw new AssertionError("a member is there twice: " + member.name());
      }
      if (value != null || member.name().equals("reaction")) {
        tree.put(member.name(), value);
      }
    }
    return tree;
  }

  private static @Nullable Object value(Object value) {
    if (value instanceof Obj object) {
      return tree(object);
    }
    if (value instanceof Arr array) {
      return array.elements();
    }
    return value == Null.NULL ? null : value;
  }
}
