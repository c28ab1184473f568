package herald.gateway.connection;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The rules for what a client's close frame carries: RFC 6455, sections 5.5.1 and 7.4. */
final class ClosePayload {
  private static final int CODE_BYTES = 2;

  private ClosePayload() {}

  /** Which rule it breaks; null if none. */
  static @Nullable CloseReason violation(ByteBuf payload) {
    int length = payload.readableBytes();
    if (length == 1 || (length >= CODE_BYTES && !isLegal(code(payload)))) {
      return CloseReason.PROTOCOL_ERROR;
    }
    Utf8Validator sentence = new Utf8Validator();
    int begin = payload.readerIndex() + Math.min(CODE_BYTES, length);
    return sentence.accept(payload, begin, payload.writerIndex()) && sentence.finish()
        ? null
        : CloseReason.INVALID_TEXT;
  }

  /** The code; 0 if it carries none. */
  static int code(ByteBuf payload) {
    return payload.readableBytes() >= CODE_BYTES
        ? payload.getUnsignedShort(payload.readerIndex())
        : 0;
  }

  /** The codes that a close frame may carry: section 7.4, and its registry. */
  private static boolean isLegal(int code) {
    return (code >= 1000 && code <= 1003)
        || (code >= 1007 && code <= 1014)
        || (code >= 3000 && code <= 4999);
  }
}
