package herald.gateway.feed;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@link RpcLogQuery} in PostgreSQL's binary form (manual, chapter "Frontend/Backend
 * Protocol", DataRow): the number of columns in 16 bits, and each with its length in 32 bits, -1
 * for null.
 */
final class DirectRow {
  private final ByteBuf row;

  private DirectRow(ByteBuf row) {
    this.row = row;
  }

  /**
   * The row; null if another message has to be looked up for it.
   *
   * @param receivedAtNanos for each signature when its notification came
   */
  static @Nullable RpcLog of(ByteBuf row, Map<String, Long> receivedAtNanos) {
    return new DirectRow(row).read(receivedAtNanos);
  }

  private @Nullable RpcLog read(Map<String, Long> receivedAtNanos) {
    int columns = row.readUnsignedShort();
    if (columns != RpcLogQuery.COLUMNS) {
      throw new IllegalStateException("a row has " + columns + " columns");
    }
    String sig = text();
    long xid = number();
    String rpc = nullableText();
    long relayedAt = number();
    long appliedAt = number();
    List<Integer> walletUsers = integers();
    String messageId = text();
    String chatId = nullableText();
    int sender = (int) number();
    String stored = nullableText();
    List<Integer> members = integers();
    List<String> reactions = texts();
    List<Long> blockedPairs = longs();
    RpcLog log =
        RpcLogQuery.log(
            sig,
            xid,
            rpc,
            relayedAt,
            appliedAt,
            walletUsers,
            chatId == null
                ? null
                : RpcLogQuery.message(messageId, chatId, sender, stored, members, reactions),
            blockedPairs,
            receivedAtNanos.getOrDefault(sig, System.nanoTime()));
    return RpcLogReader.withItsMessage(log, messageId);
  }

  private @Nullable String nullableText() {
    int length = row.readInt();
    return length < 0 ? null : string(length);
  }

  /** Empty for null. */
  private String text() {
    String text = nullableText();
    return text == null ? "" : text;
  }

  private String string(int length) {
    return row.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }

  /** 0 for null. */
  private long number() {
    int length = row.readInt();
    return length < 0 ? 0 : numberOf(length);
  }

  private long numberOf(int length) {
    return switch (length) {
      case Short.BYTES -> row.readShort();
      case Integer.BYTES -> row.readInt();
      case Long.BYTES -> row.readLong();
      default -> throw new IllegalStateException("a number of " + length + " bytes");
    };
  }

  /** Reads the header of an array, and gives its number of elements; 0 for null. */
  private int elements() {
    if (row.readInt() < 0) {
      return 0;
    }
    int dimensions = row.readInt();
    row.skipBytes(2 * Integer.BYTES);
    int elements = 0;
    for (int i = 0; i < dimensions; i++) {
      elements = row.readInt();
      row.skipBytes(Integer.BYTES);
    }
    if (dimensions > 1) {
      throw new IllegalStateException("an array of " + dimensions + " dimensions");
    }
    return elements;
  }

  private List<Integer> integers() {
    int elements = elements();
    List<Integer> integers = new ArrayList<>(elements);
    for (int i = 0; i < elements; i++) {
      integers.add(Math.toIntExact(numberOf(row.readInt())));
    }
    return integers;
  }

  private List<Long> longs() {
    int elements = elements();
    List<Long> longs = new ArrayList<>(elements);
    for (int i = 0; i < elements; i++) {
      longs.add(numberOf(row.readInt()));
    }
    return longs;
  }

  private List<String> texts() {
    int elements = elements();
    List<String> texts = new ArrayList<>(elements);
    for (int i = 0; i < elements; i++) {
      texts.add(string(row.readInt()));
    }
    return texts;
  }
}
