package herald.gateway.faults;

import herald.gateway.testing.TcpProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What a server of NATS sends on one connection, message by message (its manual, "Client
 * Protocol"). What instances tell each other meets an {@link ExchangeDisturbance}; all else, also
 * the messages of the stream, is passed on as it is. One thread.
 */
final class StreamExchangeFilter implements TcpProxy.Filter {
  private static final int LINE_END_BYTES = 2;

  private final String subject;
  private final ExchangeDisturbance disturbance;
  private final List<HeldBack> heldBack = new ArrayList<>();

  /** The beginning of a message whose end has not come yet. */
  private byte[] rest = new byte[0];

  private record HeldBack(long dueNanos, String message) {}

  /**
   * Begins with a connection.
   *
   * @param subject of what the instances tell each other
   */
  StreamExchangeFilter(String subject, ExchangeDisturbance disturbance) {
    this.subject = subject;
    this.disturbance = disturbance;
  }

  @Override
  public void pass(byte[] bytes, int count, OutputStream to) throws IOException {
    byte[] all = Arrays.copyOf(rest, rest.length + count);
    System.arraycopy(bytes, 0, all, rest.length, count);
    int begin = 0;
    int lineEnd = lineEnd(all, begin);
    while (lineEnd > 0) {
      String[] words =
          new String(all, begin, lineEnd - begin, StandardCharsets.US_ASCII)
              .strip()
              .split(" +", -1);
      boolean isMessage = words[0].equals("MSG") || words[0].equals("HMSG");
      int payload = isMessage ? Integer.parseInt(words[words.length - 1]) : 0;
      int end = isMessage ? lineEnd + payload + LINE_END_BYTES : lineEnd;
      if (end > all.length) {
        break;
      }
      byte[] message = Arrays.copyOfRange(all, begin, end);
      if (payload > 0 && words[1].equals(subject)) {
        meet(message, to);
      } else {
        to.write(message);
      }
      begin = end;
      lineEnd = lineEnd(all, begin);
    }
    rest = Arrays.copyOfRange(all, begin, all.length);
    releaseDue(to);
  }

  /** Behind the end of the line that begins there; 0 if it has not come yet. */
  private static int lineEnd(byte[] all, int begin) {
    for (int i = begin; i < all.length; i++) {
      if (all[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }

  private void meet(byte[] message, OutputStream to) throws IOException {
    // No mark of a place: those are in the stream.
    switch (disturbance.next(false)) {
      case PASSES -> to.write(message);
      case IS_LOST -> {}
      case IS_LATE -> holdBack(message);
      case IS_REPEATED -> {
        to.write(message);
        holdBack(message);
      }
    }
  }

  private void holdBack(byte[] message) {
    heldBack.add(
        new HeldBack(
            System.nanoTime() + disturbance.nextDelayNanos(),
            new String(message, StandardCharsets.US_ASCII)));
  }

  /** Between two messages: a relay writes something each second. */
  private void releaseDue(OutputStream to) throws IOException {
    for (Iterator<HeldBack> each = heldBack.iterator(); each.hasNext(); ) {
      HeldBack held = each.next();
      if (System.nanoTime() - held.dueNanos >= 0) {
        to.write(held.message.getBytes(StandardCharsets.US_ASCII));
        each.remove();
      }
    }
  }
}
