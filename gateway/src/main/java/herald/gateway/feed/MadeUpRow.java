package herald.gateway.feed;

import herald.protocol.HashIds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * A row that nobody has committed, as PostgreSQL would send it: a message in a chat of two, the
 * answer to {@link RpcLogQuery}. {@link DirectRow} reads it.
 */
final class MadeUpRow {
  private static final int INT4 = 23;
  private static final int INT8 = 20;
  private static final int NULL = -1;
  private static final int FIRST_BYTES = 1_024;

  /** About as long as what people write when it is encrypted. */
  private static final String TEXT = "made up ".repeat(16);

  private final int senderUserId;
  private final int receiverUserId;
  private final String signature;
  private final String messageId;

  MadeUpRow(int senderUserId, int receiverUserId, long number) {
    this.senderUserId = senderUserId;
    this.receiverUserId = receiverUserId;
    signature = "rehearsal-" + number;
    messageId = "message-" + number;
  }

  /** The payload that would announce it. */
  String notification() {
    return "{\"sig\" : \"" + signature + "\"}";
  }

  /** Has it read. */
  RpcLog read(Map<String, Long> receivedAtNanos) {
    ByteBuf row = PooledByteBufAllocator.DEFAULT.buffer(FIRST_BYTES);
    try {
      write(row);
      RpcLog log = DirectRow.of(row.duplicate(), receivedAtNanos);
      if (log == null) {
        throw new IllegalStateException("a made-up row names another message than it has");
      }
      return log;
    } finally {
      row.release();
    }
  }

  private void write(ByteBuf row) {
    String chatId = HashIds.encode(senderUserId) + ':' + HashIds.encode(receiverUserId);
    long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    row.writeShort(RpcLogQuery.COLUMNS);
    text(row, signature);
    number(row, 1);
    text(row, signedText(chatId));
    number(row, nowMicros);
    number(row, nowMicros);
    integers(row, senderUserId);
    text(row, messageId);
    text(row, chatId);
    row.writeInt(Integer.BYTES).writeInt(senderUserId);
    text(row, TEXT);
    integers(row, senderUserId, receiverUserId);
    row.writeInt(NULL);
    // Nobody is blocked: an array without any dimension.
    row.writeInt(3 * Integer.BYTES).writeInt(0).writeInt(0).writeInt(INT8);
  }

  /** With the members and in the order in which the SDK writes them. */
  private String signedText(String chatId) {
    return "{\"method\":\"chat.message\",\"params\":{\"chat_id\":\""
        + chatId
        + "\",\"message_id\":\""
        + messageId
        + "\",\"message\":\""
        + TEXT
        + "\"},\"current_user_id\":\""
        + HashIds.encode(senderUserId)
        + "\",\"timestamp\":1}";
  }

  private static void text(ByteBuf row, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    row.writeInt(bytes.length).writeBytes(bytes);
  }

  private static void number(ByteBuf row, long number) {
    row.writeInt(Long.BYTES).writeLong(number);
  }

  private static void integers(ByteBuf row, int... integers) {
    int header = 5 * Integer.BYTES;
    row.writeInt(header + integers.length * 2 * Integer.BYTES);
    row.writeInt(1).writeInt(0).writeInt(INT4).writeInt(integers.length).writeInt(1);
    for (int integer : integers) {
      row.writeInt(Integer.BYTES).writeInt(integer);
    }
  }
}
