package herald.gateway.connection;

import herald.gateway.config.HandshakeSettings;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder within the bounds of a handshake; leaves with the 101. */
final class RequestDecoder extends HttpRequestDecoder {
  RequestDecoder(HandshakeSettings settings) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(settings.maxRequestLineBytes())
            .setMaxHeaderSize(settings.maxHeaderBytes()));
  }

  /** Whether bytes have come that are no whole request yet. */
  boolean hasMore() {
    return actualReadableBytes() > 0;
  }
}
