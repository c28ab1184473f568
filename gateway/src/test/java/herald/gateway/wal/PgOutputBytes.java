package herald.gateway.wal;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes messages of {@code pgoutput}, for tests. */
final class PgOutputBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  private PgOutputBytes() {}

  /** Writes into a stream that does not fail. */
  @FunctionalInterface
  private interface Writing {
    void to(PgOutputBytes message) throws IOException;
  }

  private static ByteBuffer message(char type, Writing writing) {
    PgOutputBytes message = new PgOutputBytes();
    try {
      message.out.writeByte(type);
      writing.to(message);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return ByteBuffer.wrap(message.bytes.toByteArray());
  }

  private void text(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.writeByte(0);
  }

  static ByteBuffer begin(long commitLsn, long micros, int xid) {
    return message(
        'B',
        message -> {
          message.out.writeLong(commitLsn);
          message.out.writeLong(micros);
          message.out.writeInt(xid);
        });
  }

  static ByteBuffer commit(long endLsn) {
    return message(
        'C',
        message -> {
          message.out.writeByte(0);
          message.out.writeLong(1);
          message.out.writeLong(endLsn);
          message.out.writeLong(2);
        });
  }

  static ByteBuffer relation(int id, String name, String... columns) {
    return message(
        'R',
        message -> {
          message.out.writeInt(id);
          message.text("public");
          message.text(name);
          message.out.writeByte('d');
          message.out.writeShort(columns.length);
          for (String column : columns) {
            message.out.writeByte(1);
            message.text(column);
            message.out.writeInt(25);
            message.out.writeInt(-1);
          }
        });
  }

  static ByteBuffer insert(int id, @Nullable String... values) {
    return message(
        'I',
        message -> {
          message.out.writeInt(id);
          message.out.writeByte('N');
          message.out.writeShort(values.length);
          for (String value : values) {
            if (value == null) {
              message.out.writeByte('n');
            } else {
              byte[] text = value.getBytes(StandardCharsets.UTF_8);
              message.out.writeByte('t');
              message.out.writeInt(text.length);
              message.out.write(text);
            }
          }
        });
  }

  static ByteBuffer text(String prefix, String content) {
    return message(
        'M',
        message -> {
          message.out.writeByte(1);
          message.out.writeLong(3);
          message.text(prefix);
          byte[] text = content.getBytes(StandardCharsets.UTF_8);
          message.out.writeInt(text.length);
          message.out.write(text);
        });
  }
}
