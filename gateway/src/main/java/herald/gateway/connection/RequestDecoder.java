package herald.gateway.connection;

import herald.gateway.config.HandshakeSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/**
 * Netty's decoder within the bounds of a handshake; leaves with the 101. Unlike Netty it does not
 * skip what stands before the method: a proxy in front may have read that differently.
 */
final class RequestDecoder extends HttpRequestDecoder {
  private boolean begun;

  RequestDecoder(HandshakeSettings settings) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(settings.maxRequestLineBytes())
            .setMaxHeaderSize(settings.maxHeaderBytes()));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
      throws Exception {
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

  /** Whether bytes have come that are no whole request yet. */
  boolean hasMore() {
    return actualReadableBytes() > 0;
  }
}
