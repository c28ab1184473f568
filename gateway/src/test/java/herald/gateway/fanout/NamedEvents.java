package herald.gateway.fanout;

import herald.protocol.EncodedEvent;
import herald.protocol.EventEncoder;
import herald.protocol.EventId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Events that a test tells apart by their names. */
public final class NamedEvents {
  private static final String MESSAGE_ID = "\"message_id\":\"";

  private NamedEvents() {}

  /** A message of this name and this sender. */
  public static EncodedEvent encoded(String name, int senderUserId) {
    String rpc = "{\"method\":\"chat.message\",\"params\":{" + MESSAGE_ID + name + "\"}}";
    return EventEncoder.rpc(EventId.of(name, 0), rpc, senderUserId, 0);
  }

  /** Reads all that waits and returns the names of the events. */
  public static List<String> read(Cursor cursor) {
    List<String> names = new ArrayList<>();
    for (EncodedEvent event = cursor.peek(); event != null; event = cursor.peek()) {
      names.add(nameOf(event));
      cursor.advance();
    }
    return names;
  }

  private static String nameOf(EncodedEvent event) {
    String head = new String(event.head(), StandardCharsets.UTF_8);
    int begin = head.indexOf(MESSAGE_ID) + MESSAGE_ID.length();
    return head.substring(begin, head.indexOf('"', begin));
  }
}
