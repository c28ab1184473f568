package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Notes what a {@link FrameReader} finds; payloads as Latin-1 text. */
final class Notes implements FrameListener {
  final List<String> found = new ArrayList<>();
  private final StringBuilder message = new StringBuilder();

  @Override
  public void onPing(ByteBuf payload) {
    found.add("ping " + payload.toString(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void onPong(ByteBuf payload) {
    found.add("pong " + payload.toString(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void onClose(int code) {
    found.add("close " + code);
  }

  @Override
  public void onData(ByteBuf piece) {
    message.append(piece.toString(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void onMessageEnd(boolean text) {
    found.add((text ? "text " : "binary ") + message);
    message.setLength(0);
  }

  @Override
  public void onViolation(CloseReason reason) {
    found.add(reason.name());
  }
}
