package herald.gateway.feed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * What asks for rows on a {@link DirectConnection}: Bind, Execute and Sync of a prepared statement
 * in one buffer, binary in both directions (PostgreSQL manual, chapter "Frontend/Backend Protocol",
 * section "Message Formats").
 */
final class DirectRequest {
  /** The type {@code text} in the catalog {@code pg_type}. */
  private static final int TEXT = 25;

  private static final int BINARY = 1;
  private static final int LENGTH_OF_NULL = -1;

  /** All but the parameters, with a name of at most 40 bytes. */
  private static final int FRAME_BYTES = 100;

  /** What an array takes beside its elements. */
  private static final int ARRAY_BYTES = 24;

  private DirectRequest() {}

  /**
   * Asks {@link RpcLogQuery#ONE} for the row of a signature with a text of at most so many bytes.
   */
  static ByteBuf one(
      ByteBufAllocator allocator, String statement, String signature, int maxTextBytes) {
    ByteBuf request =
        allocator.directBuffer(FRAME_BYTES + ByteBufUtil.utf8MaxBytes(signature.length()));
    int bind = beginBind(request, statement, 2);
    writeText(request, signature);
    writeNumber(request, maxTextBytes);
    return end(request, bind);
  }

  /**
   * Asks {@link RpcLogQuery#NUMBERED} for the rows of signatures, for each of them no id of a
   * message, with texts of at most so many bytes.
   */
  static ByteBuf many(
      ByteBufAllocator allocator,
      String statement,
      Collection<String> signatures,
      int maxTextBytes) {
    int bytes = FRAME_BYTES + 2 * ARRAY_BYTES;
    for (String signature : signatures) {
      bytes += 2 * Integer.BYTES + ByteBufUtil.utf8MaxBytes(signature.length());
    }
    ByteBuf request = allocator.directBuffer(bytes);
    int bind = beginBind(request, statement, 3);
    int texts = beginArray(request, signatures.size(), false);
    for (String signature : signatures) {
      writeText(request, signature);
    }
    endLength(request, texts, texts + Integer.BYTES);
    int ids = beginArray(request, signatures.size(), true);
    for (int i = 0; i < signatures.size(); i++) {
      request.writeInt(LENGTH_OF_NULL);
    }
    endLength(request, ids, ids + Integer.BYTES);
    writeNumber(request, maxTextBytes);
    return end(request, bind);
  }

  /** For the portal without a name; gives the place of the length. */
  private static int beginBind(ByteBuf request, String statement, int parameters) {
    request.writeByte('B');
    int lengthAt = request.writerIndex();
    request.writeInt(0).writeByte(0);
    request.writeCharSequence(statement, StandardCharsets.US_ASCII);
    request.writeByte(0).writeShort(1).writeShort(BINARY).writeShort(parameters);
    return lengthAt;
  }

  private static ByteBuf end(ByteBuf request, int bind) {
    request.writeShort(1).writeShort(BINARY);
    endLength(request, bind, bind);
    // All rows of the portal without a name.
    request.writeByte('E').writeInt(2 * Integer.BYTES + 1).writeByte(0).writeInt(0);
    return request.writeByte('S').writeInt(Integer.BYTES);
  }

  /** Of one dimension, whose first index is 1; gives the place of the length. */
  private static int beginArray(ByteBuf request, int elements, boolean hasNulls) {
    int lengthAt = request.writerIndex();
    request
        .writeInt(0)
        .writeInt(1)
        .writeInt(hasNulls ? 1 : 0)
        .writeInt(TEXT)
        .writeInt(elements)
        .writeInt(1);
    return lengthAt;
  }

  private static void writeText(ByteBuf request, String text) {
    int lengthAt = request.writerIndex();
    request.writeInt(0);
    ByteBufUtil.writeUtf8(request, text);
    endLength(request, lengthAt, lengthAt + Integer.BYTES);
  }

  private static void writeNumber(ByteBuf request, int number) {
    request.writeInt(Integer.BYTES).writeInt(number);
  }

  /** Writes the length of what stands from {@code begin} to the end. */
  private static void endLength(ByteBuf request, int lengthAt, int begin) {
    request.setInt(lengthAt, request.writerIndex() - begin);
  }
}
