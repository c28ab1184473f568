package herald.gateway.connection;

import herald.gateway.config.HandshakeSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's HTTP decoder with the bounds of a handshake. Unlike Netty's it does not skip control
 * characters before the method, since a proxy in front may have interpreted them differently. It
 * leaves the pipeline with the 101.
 */
final class RequestDecoder extends HttpRequestDecoder {
  /** What is read of a rejected client, so that no reset of the socket overtakes the answer. */
  static final int MAX_DISCARDED_BYTES = 64 * 1024;

  private boolean begun;
  private boolean discarding;
  private @Nullable UnreadRequest passing;
  private int discardedBytes;

  RequestDecoder(HandshakeSettings settings) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(settings.maxRequestLineBytes())
            .setMaxHeaderSize(settings.maxHeaderBytes()));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (discarding) {
      if (passing != null) {
        passing.accept(buffer);
      }
      discardedBytes += buffer.readableBytes();
      buffer.skipBytes(buffer.readableBytes());
      if (discardedBytes > MAX_DISCARDED_BYTES) {
        context.channel().config().setAutoRead(false);
      }
      return;
    }
    if (!begun) {
      int first = buffer.getByte(buffer.readerIndex());
      if (first < 'A' || first > 'Z') {
        buffer.skipBytes(buffer.readableBytes());
        throw new DecoderException("no method");
      }
      begun = true;
    }
    super.decode(context, buffer, out);
  }

  /**
   * Decodes nothing more: what the client sends is discarded, and soon not even read.
   *
   * @param unread sees what passes by; null if nothing is to
   */
  void discard(@Nullable UnreadRequest unread) {
    passing = unread;
    discarding = true;
  }

  /** Whether bytes have arrived that are not decoded yet. */
  boolean hasMore() {
    return actualReadableBytes() > 0;
  }
}
