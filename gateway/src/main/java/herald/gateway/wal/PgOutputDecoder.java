package herald.gateway.wal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of {@code pgoutput}, protocol version 1 (PostgreSQL manual, "Logical
 * Replication Message Formats"). Of the rows it reads the signature alone, whatever other columns
 * there are. Not thread safe: messages refer to earlier ones.
 */
final class PgOutputDecoder {
  static final String TABLE = "rpc_log";
  static final String COLUMN = "sig";

  /** PostgreSQL's clock begins in the year 2000. */
  private static final long EPOCH_MICROS = TimeUnit.SECONDS.toMicros(946_684_800);

  private static final long LOWER_32 = 0xffff_ffffL;

  /** More than any signature that an index can hold (PostgreSQL's limit is a third of a page). */
  private static final int MAX_SIGNATURE_BYTES = 8_000;

  /** More than the text of any probe. */
  private static final int MAX_CONTENT_BYTES = 8_000;

  /** Tables of this name that one connection may tell of, as after each rewrite of the table. */
  private static final int MAX_TABLES = 1_000;

  private final Handler handler;

  /** Where the signature stands in the rows of each table of that name. */
  private final Map<Integer, Integer> signatureColumns = new HashMap<>();

  PgOutputDecoder(Handler handler) {
    this.handler = handler;
  }

  /** Gets what the messages say, in their order. */
  interface Handler {
    /** A transaction that has been committed begins. */
    void onBegin(long xid, long commitLsn, long commitMicros);

    /** It has inserted a row. */
    void onInsert(String signature);

    /** It has written a text of its own into the log. */
    void onMessage(String prefix, String content);

    /**
     * It ends.
     *
     * @param endLsn where the log goes on behind its commit
     */
    void onCommit(long endLsn);
  }

  /**
   * Reads one message.
   *
   * @throws IllegalArgumentException if it is none; what it says is lost
   */
  void decode(ByteBuffer message) {
    try {
      byte type = message.get();
      switch (type) {
        case 'B' -> begin(message);
        case 'C' -> commit(message);
        case 'R' -> relation(message);
        case 'I' -> insert(message);
        case 'M' -> message(message);
        // Origins, types, updates, deletes and truncations say nothing of new rows.
        case 'O', 'Y', 'U', 'D', 'T' -> {}
        default -> throw new IllegalArgumentException("a message of the type " + type);
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a message that ends too early", e);
    }
  }

  private void begin(ByteBuffer message) {
    long commitLsn = message.getLong();
    long commitMicros = message.getLong() + EPOCH_MICROS;
    handler.onBegin(message.getInt() & LOWER_32, commitLsn, commitMicros);
  }

  private void commit(ByteBuffer message) {
    skip(message, Byte.BYTES + Long.BYTES);
    handler.onCommit(message.getLong());
  }

  private void relation(ByteBuffer message) {
    int id = message.getInt();
    skipText(message);
    boolean isOurs = text(message).equals(TABLE);
    skip(message, Byte.BYTES);
    int columns = message.getShort();
    int signature = -1;
    for (int i = 0; i < columns; i++) {
      skip(message, Byte.BYTES);
      if (text(message).equals(COLUMN)) {
        signature = i;
      }
      skip(message, 2 * Integer.BYTES);
    }
    signatureColumns.remove(id);
    if (isOurs && signature >= 0) {
      if (signatureColumns.size() == MAX_TABLES) {
        signatureColumns.clear();
      }
      signatureColumns.put(id, signature);
    }
  }

  private void insert(ByteBuffer message) {
    Integer column = signatureColumns.get(message.getInt());
    if (column == null) {
      return;
    }
    skip(message, Byte.BYTES);
    int columns = message.getShort();
    for (int i = 0; i < Math.min(columns, column); i++) {
      if (hasValue(message)) {
        skip(message, message.getInt());
      }
    }
    if (column >= columns || !hasValue(message)) {
      throw new IllegalArgumentException("a row without a signature");
    }
    handler.onInsert(text(message, message.getInt(), MAX_SIGNATURE_BYTES));
  }

  /** Whether the next column's value follows, and not only that it is null or unchanged. */
  private static boolean hasValue(ByteBuffer message) {
    byte kind = message.get();
    return switch (kind) {
      case 't', 'b' -> true;
      case 'n', 'u' -> false;
      default -> throw new IllegalArgumentException("a value of the kind " + kind);
    };
  }

  private void message(ByteBuffer message) {
    skip(message, Byte.BYTES + Long.BYTES);
    String prefix = text(message);
    int length = message.getInt();
    @Nullable String content =
        length > MAX_CONTENT_BYTES ? null : text(message, length, MAX_CONTENT_BYTES);
    // What is longer is not ours: any program may write into the log.
    if (content != null) {
      handler.onMessage(prefix, content);
    }
  }

  /** A text that ends with a zero byte. */
  private static String text(ByteBuffer message) {
    int begin = message.position();
    skipText(message);
    return text(message.array(), message.arrayOffset() + begin, message.position() - begin - 1);
  }

  private static void skipText(ByteBuffer message) {
    while (message.get() != 0) {
      // Goes on to the end of the text.
    }
  }

  private static String text(ByteBuffer message, int length, int longest) {
    if (length < 0 || length > longest) {
      throw new IllegalArgumentException("a text of " + length + " bytes");
    }
    int begin = message.position();
    skip(message, length);
    return text(message.array(), message.arrayOffset() + begin, length);
  }

  private static String text(byte[] bytes, int begin, int length) {
    return new String(bytes, begin, length, StandardCharsets.UTF_8);
  }

  private static void skip(ByteBuffer message, int length) {
    if (length < 0 || length > message.remaining()) {
      throw new BufferUnderflowException();
    }
    message.position(message.position() + length);
  }
}
