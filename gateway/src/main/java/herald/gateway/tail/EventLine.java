package herald.gateway.tail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An event as one line that a person can read. Immutable. */
public final class EventLine {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int LONGEST_TEXT = 120;

  private static final Set<String> OF_THE_EVENT = Set.of("id", "timestamp");

  /** Scalars of the event by name; the other names of rpc, params and metadata don't overlap. */
  private final Map<String, String> members;

  private EventLine(Map<String, String> members) {
    this.members = members;
  }

  /** The line of an event's JSON; what is no such JSON is shown as it is. */
  public static String of(String event) {
    EventLine line = parse(event);
    return line.members.containsKey("method") ? line.toString() : printable(event);
  }

  static EventLine parse(String event) {
    Map<String, String> members = new HashMap<>();
    try (JsonParser json = JSON.createParser(event)) {
      String inside = "";
      for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.START_OBJECT && json.currentName() != null) {
          inside = json.currentName();
        } else if (token == JsonToken.END_OBJECT) {
          inside = inside.equals("params") ? "rpc" : "";
        } else if (token.isScalarValue() && json.currentName() != null) {
          // Timestamp and id are those of the metadata: an rpc may have its own, of its signer.
          if (!OF_THE_EVENT.contains(json.currentName()) || inside.equals("metadata")) {
            members.putIfAbsent(json.currentName(), json.getText());
          }
        }
      }
    } catch (IOException e) {
      members.clear();
    }
    return new EventLine(members);
  }

  /** Where the event is as {@code after=} takes it: its id, else its time; null if it has none. */
  @Nullable String place() {
    return id() == null ? members.get("timestamp") : id();
  }

  /** What tells the event from all others; null if it has no id. */
  @Nullable String id() {
    return members.get("id");
  }

  /** Whether the gateway says that something may be missing. */
  boolean isGap() {
    return "gateway.gap".equals(members.get("method"));
  }

  @Override
  public String toString() {
    if (isGap()) {
      return "-- GAP: events from " + text("from") + " to " + text("to") + " may be missing";
    }
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            "%-27s  %-12s  from %-7s", text("timestamp"), text("method"), text("senderUserId")));
    append(line, "chat", "chat_id");
    append(line, "message", "message_id");
    append(line, "blast", "blast_id");
    append(line, "audience", "audience");
    append(line, "reaction", "reaction");
    append(line, "id", "id");
    if (members.containsKey("message")) {
      line.append("  \"").append(printable(text("message"))).append('"');
    }
    return line.toString();
  }

  private void append(StringBuilder line, String label, String name) {
    if (members.containsKey(name)) {
      line.append("  ").append(label).append(' ').append(printable(text(name)));
    }
  }

  private String text(String name) {
    return members.getOrDefault(name, "-");
  }

  /** One line without control characters, which could do things to a terminal; not too long. */
  private static String printable(String text) {
    String clean = text.replaceAll("\\p{Cntrl}|[\\x{80}-\\x{9F}]", "\uFFFD");
    return clean.length() <= LONGEST_TEXT ? clean : clean.substring(0, LONGEST_TEXT) + "\u2026";
  }
}
