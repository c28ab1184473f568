package herald.gateway.connection;

import herald.gateway.admission.TokenBucket;
import io.netty.buffer.ByteBuf;

/**
 * What one client sends: counted against its limits, read as frames, and handed on to its {@link
 * ClientConnection}. Messages are read and thrown away, as the contract says. Event loop.
 */
final class ClientInput implements FrameListener {
  private final ClientConnection connection;
  private final InboundLimits limits;
  private final FrameReader reader;
  private long bytesUsedUntilNanos;
  private long messagesUsedUntilNanos;
  private long lastReadNanos;

  @SuppressWarnings("this-escape") // the reader calls back only when it is given bytes
  ClientInput(ClientConnection connection, LoopContext loop) {
    this.connection = connection;
    limits = loop.inboundLimits();
    reader = new FrameReader(this, loop.settings().maxMessageBytes(), limits.maxFragments());
    long now = loop.nowNanos();
    bytesUsedUntilNanos = now;
    messagesUsedUntilNanos = now;
    lastReadNanos = now;
  }

  /** When bytes came last, or the connection began. */
  long lastReadNanos() {
    return lastReadNanos;
  }

  /** The process stood still for so long; what came since then has been noted already. */
  void onStandstill(long stoodNanos, long nowNanos) {
    lastReadNanos = Math.min(nowNanos - lastReadNanos, stoodNanos) + lastReadNanos;
  }

  /** Reads all of {@code bytes}, and unmasks them in place. The caller releases them. */
  void read(ByteBuf bytes, long nowNanos) {
    lastReadNanos = nowNanos;
    long sinceNanos = connection.loop.standstill().mayBeSentSinceNanos(nowNanos);
    long next =
        limits.bytes().take(bytesUsedUntilNanos, sinceNanos, nowNanos, bytes.readableBytes());
    if (next == TokenBucket.REFUSED) {
      connection.onViolation(CloseReason.TOO_MUCH_INBOUND);
    } else {
      bytesUsedUntilNanos = next;
      reader.read(bytes);
    }
  }

  private void countMessage() {
    long sinceNanos = connection.loop.standstill().mayBeSentSinceNanos(lastReadNanos);
    long next = limits.messages().take(messagesUsedUntilNanos, sinceNanos, lastReadNanos, 1);
    if (next == TokenBucket.REFUSED) {
      connection.onViolation(CloseReason.TOO_MUCH_INBOUND);
    } else {
      messagesUsedUntilNanos = next;
    }
  }

  @Override
  public void onPing(ByteBuf payload) {
    countMessage();
    connection.onPing(payload);
  }

  @Override
  public void onPong(ByteBuf payload) {
    countMessage();
    connection.onPong(payload);
  }

  @Override
  public void onClose(int code) {
    connection.onCloseFrame(code);
  }

  @Override
  public void onData(ByteBuf piece) {
    // Clients have nothing to say here.
  }

  @Override
  public void onMessageEnd(boolean text) {
    connection.loop.meters().connections().inboundMessage();
    countMessage();
  }

  @Override
  public void onViolation(CloseReason violation) {
    connection.onViolation(violation);
  }
}
