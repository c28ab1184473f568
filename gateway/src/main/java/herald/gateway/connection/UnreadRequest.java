package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the WebSocket key in a request that passes by and is not kept: of each line, no more is
 * remembered than what a header of an upgrade takes. Event loop.
 */
final class UnreadRequest {
  private static final int MAX_LINE = 64;
  private static final String KEY = "sec-websocket-key";

  private final byte[] line = new byte[MAX_LINE];
  private int lineLength;
  private boolean isRequestLine = true;
  private boolean isGet;
  private boolean hasUpgrade;
  private boolean hasVersion;
  private boolean isComplete;
  private int keys;
  private @Nullable String key;

  /** Bytes of the request have arrived. They stay readable. */
  void accept(ByteBuf bytes) {
    for (int at = bytes.readerIndex(); at < bytes.writerIndex() && !isComplete; at++) {
      byte next = bytes.getByte(at);
      if (next == '\n') {
        onLine();
        lineLength = 0;
      } else if (next != '\r') {
        if (lineLength < MAX_LINE) {
          line[lineLength] = next;
        }
        lineLength++;
      }
    }
  }

  private void onLine() {
    String text = new String(line, 0, Math.min(lineLength, MAX_LINE), StandardCharsets.ISO_8859_1);
    if (isRequestLine) {
      isRequestLine = false;
      isGet = text.startsWith("GET /");
    } else if (lineLength == 0) {
      isComplete = true;
    } else {
      onHeader(text);
    }
  }

  private void onHeader(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return;
    }
    String name = text.substring(0, colon);
    // The end of a longer line is not known, so it has no value that counts.
    String value = lineLength <= MAX_LINE ? text.substring(colon + 1).trim() : "";
    if (name.equalsIgnoreCase(KEY)) {
      keys++;
      key = value;
    } else if (name.equalsIgnoreCase("upgrade")) {
      hasUpgrade = value.equalsIgnoreCase("websocket");
    } else if (name.equalsIgnoreCase("sec-websocket-version")) {
      hasVersion = value.equals("13");
    }
  }

  /** The key, when the whole request has passed by and is an upgrade; otherwise null. */
  @Nullable String key() {
    String found = key;
    return isComplete
            && isGet
            && hasUpgrade
            && hasVersion
            && keys == 1
            && found != null
            && WebSocketKey.isValid(found)
        ? found
        : null;
  }
}
