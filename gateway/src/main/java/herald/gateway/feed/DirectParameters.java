package herald.gateway.feed;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of {@link RpcLogQuery#NUMBERED} and {@link RpcLogQuery#ONE} as PostgreSQL takes
 * them in binary form.
 */
final class DirectParameters {
  /** The type {@code text} in the catalog {@code pg_type}. */
  private static final int TEXT = 25;

  private static final int LENGTH_OF_NULL = -1;
  private static final int HEADER_BYTES = 20;
  private static final int LENGTH_BYTES = 4;

  private DirectParameters() {}

  /** A signature, and the most bytes of a text. In buffers of the heap, which need no release. */
  static ByteBuf[] of(String signature, int maxTextBytes) {
    ByteBuf sig = Unpooled.copiedBuffer(signature, StandardCharsets.UTF_8);
    return new ByteBuf[] {sig, number(maxTextBytes)};
  }

  /**
   * Signatures, for each of them no id of a message, and the most bytes of a text. In buffers of
   * the heap, which need no release.
   */
  static ByteBuf[] of(Collection<String> signatures, int maxTextBytes) {
    int bytes = HEADER_BYTES;
    for (String signature : signatures) {
      bytes += LENGTH_BYTES + 3 * signature.length();
    }
    ByteBuf sigs = header(bytes, signatures.size(), false);
    ByteBuf ids = header(HEADER_BYTES + LENGTH_BYTES * signatures.size(), signatures.size(), true);
    for (String signature : signatures) {
      write(sigs, signature);
      write(ids, null);
    }
    return new ByteBuf[] {sigs, ids, number(maxTextBytes)};
  }

  private static ByteBuf number(int number) {
    return Unpooled.buffer(Integer.BYTES).writeInt(number);
  }

  /** Of an array of one dimension, whose first index is 1. */
  private static ByteBuf header(int bytes, int elements, boolean hasNulls) {
    return Unpooled.buffer(bytes)
        .writeInt(1)
        .writeInt(hasNulls ? 1 : 0)
        .writeInt(TEXT)
        .writeInt(elements)
        .writeInt(1);
  }

  private static void write(ByteBuf array, @Nullable String text) {
    if (text == null) {
      array.writeInt(LENGTH_OF_NULL);
      return;
    }
    int lengthAt = array.writerIndex();
    array.writeInt(0);
    array.setInt(lengthAt, array.writeCharSequence(text, StandardCharsets.UTF_8));
  }
}
