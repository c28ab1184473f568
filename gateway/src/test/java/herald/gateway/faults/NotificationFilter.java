package herald.gateway.faults;

import herald.gateway.exchange.PositionExchange;
import herald.gateway.testing.TcpProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What PostgreSQL sends on one connection, message by message (PostgreSQL manual, "Message
 * Formats"). Notifications on the channel of all instances that come from other sessions meet an
 * {@link ExchangeDisturbance}; all else is passed on as it is. One thread.
 */
final class NotificationFilter implements TcpProxy.Filter {
  private static final byte BACKEND_KEY_DATA = 'K';
  private static final byte NOTIFICATION = 'A';

  /** The answer to a request for TLS: one byte without a length. */
  private static final byte NO_TLS = 'N';

  /** The kind, and a length that counts itself and not the kind. */
  private static final int HEADER_BYTES = 1 + Integer.BYTES;

  private static final String MARK = "p ";

  private final ExchangeDisturbance disturbance;
  private final List<HeldBack> heldBack = new ArrayList<>();
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();

  /** The beginning of a message whose end has not come yet. */
  private byte[] rest = new byte[0];

  /** How much is still to come of a message of which nothing has to be known. */
  private int left;

  private boolean hasBegun;
  private int ownSession;

  private record HeldBack(long dueNanos, ByteBuffer message) {}

  NotificationFilter(ExchangeDisturbance disturbance) {
    this.disturbance = disturbance;
  }

  @Override
  public void pass(byte[] bytes, int count, OutputStream to) throws IOException {
    byte[] all = Arrays.copyOf(rest, rest.length + count);
    System.arraycopy(bytes, 0, all, rest.length, count);
    int begin = 0;
    for (int length = length(all, begin); length > 0; length = length(all, begin)) {
      if (left > 0) {
        passed.write(all, begin, length);
        left -= length;
      } else {
        take(ByteBuffer.wrap(all, begin, length).slice());
      }
      begin += length;
    }
    rest = Arrays.copyOfRange(all, begin, all.length);
    if (left == 0) {
      releaseDue();
    }
    passed.writeTo(to);
    passed.reset();
  }

  /** How many bytes can be dealt with next: a message, or a part of one that is passed on. */
  private int length(byte[] all, int begin) {
    int there = all.length - begin;
    if (there > 0 && !hasBegun && all[begin] == NO_TLS) {
      left = 1;
    } else if (left == 0 && there >= HEADER_BYTES) {
      hasBegun = true;
      int length = 1 + ByteBuffer.wrap(all, begin + 1, Integer.BYTES).getInt();
      if (all[begin] == BACKEND_KEY_DATA || all[begin] == NOTIFICATION) {
        return length <= there ? length : 0;
      }
      left = length;
    }
    return Math.min(left, there);
  }

  private void take(ByteBuffer message) {
    byte kind = message.get(0);
    if (kind == BACKEND_KEY_DATA) {
      ownSession = message.getInt(HEADER_BYTES);
    }
    if (kind != NOTIFICATION || message.getInt(HEADER_BYTES) == ownSession) {
      pass(message);
      return;
    }
    String[] channelAndPayload =
        StandardCharsets.UTF_8
            .decode(
                message.slice(
                    HEADER_BYTES + Integer.BYTES, message.limit() - HEADER_BYTES - Integer.BYTES))
            .toString()
            .split("\0", -1);
    if (!channelAndPayload[0].equals(PositionExchange.CHANNEL)) {
      pass(message);
      return;
    }
    switch (disturbance.next(channelAndPayload[1].startsWith(MARK))) {
      case PASSES -> pass(message);
      case IS_LOST -> {}
      case IS_LATE -> holdBack(message);
      case IS_REPEATED -> {
        pass(message);
        holdBack(message);
      }
    }
  }

  private void pass(ByteBuffer message) {
    passed.writeBytes(copy(message));
  }

  private void holdBack(ByteBuffer message) {
    heldBack.add(
        new HeldBack(
            System.nanoTime() + disturbance.nextDelayNanos(), ByteBuffer.wrap(copy(message))));
  }

  private static byte[] copy(ByteBuffer message) {
    byte[] bytes = new byte[message.limit()];
    message.get(0, bytes);
    return bytes;
  }

  /** With the next message, between two messages: a listener gets its probes all the time. */
  private void releaseDue() {
    for (Iterator<HeldBack> each = heldBack.iterator(); each.hasNext(); ) {
      HeldBack held = each.next();
      if (System.nanoTime() - held.dueNanos >= 0) {
        pass(held.message);
        each.remove();
      }
    }
  }
}
